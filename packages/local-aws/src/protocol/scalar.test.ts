import { describe, expect, it } from "vitest";
import {
  formatNumber,
  formatTimestamp,
  parseBase64,
  parseBoolean,
  parseNumber,
  parseTimestamp,
  setKey,
} from "./scalar.ts";

const MOMENT = new Date("2024-02-29T12:34:56.789Z");

describe("timestamps", () => {
  it("are written in each format", () => {
    expect(formatTimestamp(MOMENT, "date-time")).toBe("2024-02-29T12:34:56.789Z");
    expect(formatTimestamp(MOMENT, "epoch-seconds")).toBe(1709210096.789);
    expect(formatTimestamp(MOMENT, "http-date")).toBe("Thu, 29 Feb 2024 12:34:56 GMT");
  });

  it("are read in each format, whatever their offset", () => {
    expect(parseTimestamp("2024-02-29T13:34:56.789+01:00")).toEqual(MOMENT);
    expect(parseTimestamp(1709210096.789)).toEqual(MOMENT);
    expect(parseTimestamp("1709210096.789")).toEqual(MOMENT);
    expect(parseTimestamp("Thu, 29 Feb 2024 12:34:56 GMT")).toEqual(
      new Date("2024-02-29T12:34:56Z"),
    );
  });

  it("are not made out of anything else", () => {
    for (const value of ["", "yesterday", {}, true, Number.NaN, 1e300])
      expect(parseTimestamp(value)).toBeUndefined();
  });
});

describe("simple values as text", () => {
  it("keeps whole numbers free of exponents", () => {
    expect(formatNumber(1e21)).toBe("1000000000000000000000");
    expect(formatNumber(0.5)).toBe("0.5");
  });

  it("tells whole numbers from others", () => {
    expect(parseNumber("-12", true)).toBe(-12);
    expect(parseNumber("1.5", true)).toBeUndefined();
    expect(parseNumber("1.5e3", false)).toBe(1500);
    for (const text of ["", "0x10", "1 ", "one"]) expect(parseNumber(text, false)).toBeUndefined();
  });

  it("takes only true and false for booleans", () => {
    expect([parseBoolean("true"), parseBoolean("false"), parseBoolean("True")]).toEqual([
      true,
      false,
      undefined,
    ]);
  });

  it("refuses what is not base64", () => {
    expect(parseBase64("aGk=")?.toString()).toBe("hi");
    expect(parseBase64("not base64!")).toBeUndefined();
  });

  it("sets a key called __proto__ as any other", () => {
    const target: Record<string, unknown> = {};
    setKey(target, "__proto__", "x");
    expect(Object.keys(target)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(target)).toBe(Object.prototype);
  });
});
