import { expect, test } from "vitest";
import {
  canonicalIpv6Cidr,
  containsAddress,
  coversRange,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
  rangesOverlap,
  sizeOf,
  storedCidr,
} from "./cidr.ts";

test("bits beyond the prefix are cleared", () => {
  expect(formatCidr(parseCidr("100.68.0.18/18")!)).toBe("100.68.0.0/18");
  expect(formatCidr(parseCidr("255.255.255.255/0")!)).toBe("0.0.0.0/0");
});

test.each([
  "",
  "10.0.0.0",
  "10.0.0/8",
  "10.0.0.256/8",
  "10.0.0.0/33",
  "10.0.0.0/8/1",
  "010.0.0.0/8",
  "::/0",
])("%j is not an IPv4 CIDR block", (text) => expect(parseCidr(text)).toBeUndefined());

test("addresses survive being read and written", () => {
  for (const text of ["0.0.0.0", "10.1.2.3", "255.255.255.255"])
    expect(formatAddress(parseAddress(text)!)).toBe(text);
  expect(parseAddress("1.2.3.4.5")).toBeUndefined();
});

test("ranges know what they cover", () => {
  const ten = storedCidr("10.0.0.0/16");
  expect(sizeOf(ten)).toBe(65536);
  expect(containsAddress(ten, parseAddress("10.0.255.255")!)).toBe(true);
  expect(containsAddress(ten, parseAddress("10.1.0.0")!)).toBe(false);
  expect(coversRange(ten, storedCidr("10.0.1.0/24"))).toBe(true);
  expect(coversRange(storedCidr("10.0.1.0/24"), ten)).toBe(false);
  expect(rangesOverlap(storedCidr("10.0.1.0/24"), ten)).toBe(true);
  expect(rangesOverlap(storedCidr("10.1.0.0/16"), ten)).toBe(false);
});

test("IPv6 CIDR blocks are checked and lowered", () => {
  expect(canonicalIpv6Cidr("2001:DB8::/32")).toBe("2001:db8::/32");
  expect(canonicalIpv6Cidr("::/129")).toBeUndefined();
  expect(canonicalIpv6Cidr("10.0.0.0/8")).toBeUndefined();
});
