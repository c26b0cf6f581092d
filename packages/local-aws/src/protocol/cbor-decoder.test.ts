import { describe, expect, it } from "vitest";
import { decodeCbor } from "./cbor-decoder.ts";

// https://www.rfc-editor.org/rfc/rfc8949#appendix-A
const VECTORS: readonly (readonly [hex: string, value: unknown])[] = [
  ["00", 0],
  ["17", 23],
  ["1818", 24],
  ["1903e8", 1000],
  ["1a000f4240", 1_000_000],
  ["1b000000e8d4a51000", 1_000_000_000_000],
  ["1bffffffffffffffff", 18446744073709551615n],
  ["3bffffffffffffffff", -18446744073709551616n],
  ["20", -1],
  ["3903e7", -1000],
  ["f93c00", 1],
  ["f90001", 5.960464477539063e-8],
  ["f97bff", 65504],
  ["f9fc00", -Infinity],
  ["fa47c35000", 100000],
  ["fb3ff199999999999a", 1.1],
  ["f4", false],
  ["f5", true],
  ["f6", null],
  ["f7", null],
  ["c11a514b67b0", { tag: 1, value: 1363896240 }],
  ["4401020304", Buffer.of(1, 2, 3, 4)],
  ["6449455446", "IETF"],
  ["83010203", [1, 2, 3]],
  ["a26161016162820203", { a: 1, b: [2, 3] }],
  ["5f42010243030405ff", Buffer.of(1, 2, 3, 4, 5)],
  ["7f657374726561646d696e67ff", "streaming"],
  ["9f018202039f0405ffff", [1, [2, 3], [4, 5]]],
  ["bf61610161629f0203ffff", { a: 1, b: [2, 3] }],
];

describe("the CBOR decoder", () => {
  it.each(VECTORS)("reads %s as RFC 8949 says", (hex, value) => {
    expect(decodeCbor(Buffer.from(hex, "hex"))).toEqual(value);
  });

  it("keeps a key called __proto__ a key", () => {
    const found = decodeCbor(Buffer.from("a1695f5f70726f746f5f5f01", "hex"));
    expect(Object.entries(found as object)).toEqual([["__proto__", 1]]);
  });

  it.each([
    "",
    "18",
    "61",
    "83",
    "ff",
    "1c",
    "0000",
    "a101",
    "9f",
    "81ff",
    "5f00ff",
    "e0",
    "81".repeat(200),
  ])("refuses %s", (hex) => {
    expect(() => decodeCbor(Buffer.from(hex, "hex"))).toThrow(SyntaxError);
  });
});
