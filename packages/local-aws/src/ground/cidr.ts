import { isIPv6 } from "node:net";

/** A canonical IPv4 range: `first` is its lowest address as an unsigned number, `prefix` its length in bits. */
export interface Ipv4Range {
  readonly first: number;
  readonly prefix: number;
}

/** Reads `a.b.c.d` strictly; undefined where the text is not an IPv4 address. */
export function parseAddress(text: string): number | undefined {
  const octets = text.split(".");
  if (octets.length !== 4) return undefined;
  let address = 0;
  for (const octet of octets) {
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return undefined;
    address = address * 256 + Number(octet);
  }
  return address;
}

/**
 * Reads `a.b.c.d/n`; undefined where the text is not an IPv4 CIDR block. Bits beyond the prefix are cleared, as EC2 does:
 * 100.68.0.18/18 becomes 100.68.0.0/18.
 */
export function parseCidr(text: string): Ipv4Range | undefined {
  const [base = "", bits = "", ...rest] = text.split("/");
  const address = parseAddress(base);
  if (address === undefined || rest.length > 0 || !/^\d{1,2}$/.test(bits) || Number(bits) > 32)
    return undefined;
  const prefix = Number(bits);
  return { first: address - (address % sizeOf({ first: 0, prefix })), prefix };
}

/** Like {@link parseCidr}, for text that was checked when it was stored. */
export function storedCidr(text: string): Ipv4Range {
  const range = parseCidr(text);
  if (!range) throw new Error(`a stored CIDR block is malformed: ${text}`);
  return range;
}

/** How many addresses a range has. */
export function sizeOf(range: Ipv4Range): number {
  return 2 ** (32 - range.prefix);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

export function formatCidr(range: Ipv4Range): string {
  return `${formatAddress(range.first)}/${range.prefix}`;
}

export function containsAddress(range: Ipv4Range, address: number): boolean {
  return address >= range.first && address < range.first + sizeOf(range);
}

/** True where every address of `inner` is in `outer`. */
export function coversRange(outer: Ipv4Range, inner: Ipv4Range): boolean {
  return outer.prefix <= inner.prefix && containsAddress(outer, inner.first);
}

export function rangesOverlap(one: Ipv4Range, other: Ipv4Range): boolean {
  return coversRange(one, other) || coversRange(other, one);
}

/** An IPv6 CIDR block in lower case; undefined where the text is none. Bits beyond the prefix are left alone. */
export function canonicalIpv6Cidr(text: string): string | undefined {
  const [base = "", bits = "", ...rest] = text.split("/");
  if (!isIPv6(base) || base.includes("%") || rest.length > 0) return undefined;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > 128) return undefined;
  return `${base.toLowerCase()}/${Number(bits)}`;
}
