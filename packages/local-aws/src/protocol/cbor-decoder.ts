/** A tagged value, such as tag 1 for seconds since the epoch. */
export interface CborTag {
  readonly tag: number;
  readonly value: unknown;
}

const MAX_DEPTH = 100;
const INDEFINITE = Symbol("indefinite");
const BREAK = Symbol("break");

/**
 * Decodes one CBOR item: https://www.rfc-editor.org/rfc/rfc8949. Maps become objects without a prototype, undefined
 * becomes null, whole numbers beyond 2^53 bigint. Throws a `SyntaxError` on anything malformed or left over.
 */
export function decodeCbor(bytes: Buffer): unknown {
  const decoder = new CborDecoder(bytes);
  const value = decoder.item(0);
  decoder.end();
  return value;
}

class CborDecoder {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new SyntaxError("CBOR: bytes after the item");
  }

  item(depth: number): unknown {
    const value = this.#next(depth);
    if (value === BREAK) throw new SyntaxError("CBOR: a break without a beginning");
    return value;
  }

  #next(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new SyntaxError("CBOR: nested too deeply");
    const first = this.#take(1).readUInt8();
    const major = first >> 5;
    const info = first & 31;
    if (major === 7) return this.#simple(info);
    const argument = this.#argument(info);
    switch (major) {
      case 0:
        return whole(argument);
      case 1:
        return typeof argument === "bigint" ? -1n - argument : -1 - (whole(argument) as number);
      case 2:
        return this.#string(argument, 2);
      case 3:
        return (this.#string(argument, 3) as Buffer).toString("utf8");
      case 4:
        return this.#array(argument, depth);
      case 5:
        return this.#map(argument, depth);
      default:
        return { tag: Number(whole(argument)), value: this.item(depth + 1) } satisfies CborTag;
    }
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new SyntaxError("CBOR: the item ends too early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #argument(info: number): number | bigint | typeof INDEFINITE {
    if (info < 24) return info;
    if (info === 24) return this.#take(1).readUInt8();
    if (info === 25) return this.#take(2).readUInt16BE();
    if (info === 26) return this.#take(4).readUInt32BE();
    if (info === 31) return INDEFINITE;
    if (info !== 27) throw new SyntaxError(`CBOR: reserved additional information ${info}`);
    const long = this.#take(8).readBigUInt64BE();
    return long <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(long) : long;
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
      case 21:
        return info === 21;
      case 22:
      case 23:
        return null;
      case 25:
        return halfFloat(this.#take(2).readUInt16BE());
      case 26:
        return this.#take(4).readFloatBE();
      case 27:
        return this.#take(8).readDoubleBE();
      case 31:
        return BREAK;
      default:
        throw new SyntaxError(`CBOR: unknown simple value ${info}`);
    }
  }

  #string(length: number | bigint | typeof INDEFINITE, major: number): Buffer {
    if (length !== INDEFINITE) return this.#take(whole(length) as number);
    const chunks: Buffer[] = [];
    for (let first = this.#take(1).readUInt8(); first !== 0xff; first = this.#take(1).readUInt8()) {
      if (first >> 5 !== major) throw new SyntaxError("CBOR: a chunk of another type");
      chunks.push(this.#take(whole(this.#argument(first & 31)) as number));
    }
    return Buffer.concat(chunks);
  }

  #array(length: number | bigint | typeof INDEFINITE, depth: number): unknown[] {
    const items: unknown[] = [];
    for (
      let left = length;
      left === INDEFINITE || left > 0;
      left = left === INDEFINITE ? left : Number(left) - 1
    ) {
      const item = this.#next(depth + 1);
      if (item === BREAK) {
        if (left === INDEFINITE) break;
        throw new SyntaxError("CBOR: a break inside an array of known length");
      }
      items.push(item);
    }
    return items;
  }

  #map(length: number | bigint | typeof INDEFINITE, depth: number): Record<string, unknown> {
    const found = Object.create(null) as Record<string, unknown>;
    for (
      let left = length;
      left === INDEFINITE || left > 0;
      left = left === INDEFINITE ? left : Number(left) - 1
    ) {
      const key = this.#next(depth + 1);
      if (key === BREAK && left === INDEFINITE) break;
      if (typeof key !== "string") throw new SyntaxError("CBOR: a map key that is no text");
      found[key] = this.item(depth + 1);
    }
    return found;
  }
}

function whole(argument: number | bigint | typeof INDEFINITE): number | bigint {
  if (argument === INDEFINITE)
    throw new SyntaxError("CBOR: an indefinite length where none may be");
  return argument;
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
