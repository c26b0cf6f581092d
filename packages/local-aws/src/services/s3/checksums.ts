import { createHash, type Hash } from "node:crypto";
import { Transform } from "node:stream";
import { crc32 } from "node:zlib";

/** The algorithms of https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html, as members name them. */
export const CHECKSUM_ALGORITHMS = [
  "CRC32",
  "CRC32C",
  "CRC64NVME",
  "SHA1",
  "SHA256",
  "SHA512",
  "MD5",
] as const;

interface Digest {
  update(chunk: Buffer): void;
  /** Base64, as headers carry it. */
  digest(): string;
}

/** Computes checksums of what passes through. */
export class ChecksumStream extends Transform {
  readonly #digests: Map<string, Digest>;

  constructor(algorithms: readonly string[]) {
    super();
    this.#digests = new Map(algorithms.map((algorithm) => [algorithm, createDigest(algorithm)]));
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: null, chunk: Buffer) => void,
  ): void {
    for (const digest of this.#digests.values()) digest.update(chunk);
    done(null, chunk);
  }

  /** Base64, by algorithm. Once, after the end. */
  digests(): Record<string, string> {
    return Object.fromEntries(
      [...this.#digests].map(([algorithm, digest]) => [algorithm, digest.digest()]),
    );
  }
}

/** A running checksum of one of the algorithms. */
export function createDigest(algorithm: string): Digest {
  switch (algorithm) {
    case "CRC32":
      return crc32Digest();
    case "CRC32C":
      return crc32cDigest();
    case "CRC64NVME":
      return crc64Digest();
    case "SHA1":
    case "SHA256":
    case "SHA512":
    case "MD5":
      return hashDigest(createHash(algorithm.toLowerCase()));
    default:
      throw new Error(`there is no checksum algorithm ${algorithm}`);
  }
}

function hashDigest(hash: Hash): Digest {
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest("base64") };
}

function crc32Digest(): Digest {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    digest: () => uint32(value).toString("base64"),
  };
}

/** Castagnoli's polynomial, reflected: RFC 3720 appendix B.4. */
function crc32cDigest(): Digest {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let c = i;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
    table[i] = c;
  }
  let value = 0xffffffff;
  return {
    update: (chunk) => {
      for (const byte of chunk) value = table[(value ^ byte) & 0xff]! ^ (value >>> 8);
    },
    digest: () => uint32(value ^ 0xffffffff).toString("base64"),
  };
}

/** The polynomial of the NVM Express specification, reflected, in two halves of 32 bits. */
function crc64Digest(): Digest {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let value = BigInt(i);
    for (let bit = 0; bit < 8; bit++)
      value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
    high[i] = Number(value >> 32n);
    low[i] = Number(value & 0xffffffffn);
  }
  let h = 0xffffffff;
  let l = 0xffffffff;
  return {
    update: (chunk) => {
      for (const byte of chunk) {
        const index = (l ^ byte) & 0xff;
        l = ((l >>> 8) | (h << 24)) ^ low[index]!;
        h = (h >>> 8) ^ high[index]!;
      }
    },
    digest: () => Buffer.concat([uint32(~h), uint32(~l)]).toString("base64"),
  };
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value >>> 0);
  return buffer;
}
