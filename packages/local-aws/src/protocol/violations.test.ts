import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ModelJson } from "./model-json.ts";
import { compilePattern } from "./violations.ts";
import { SERVICE_IDS } from "./service-id.ts";

describe("patterns", () => {
  it("of every model compile", () => {
    const patterns = SERVICE_IDS.flatMap((id) => {
      const file = new URL(`../models/${id}.json`, import.meta.url);
      const { shapes } = JSON.parse(readFileSync(file, "utf8")) as ModelJson;
      return shapes.flatMap((shape) => ("pattern" in shape ? [shape.pattern as string] : []));
    });
    expect(patterns.length).toBeGreaterThan(300);
    for (const pattern of patterns) expect(() => compilePattern(pattern), pattern).not.toThrow();
  });

  it("hold for the whole value", () => {
    expect(compilePattern("[a-z]+").test("abc")).toBe(true);
    expect(compilePattern("[a-z]+").test("abc1")).toBe(false);
    expect(compilePattern("a|b").test("ab")).toBe(false);
  });

  it("know Java's classes, flags and needless escapes", () => {
    expect(compilePattern("\\p{Print}+").test("a b~")).toBe(true);
    expect(compilePattern("\\p{Print}+").test("é")).toBe(false);
    expect(compilePattern("(?i)all|[0-9]{12}").test("ALL")).toBe(true);
    expect(compilePattern("[A-Za-z0-9\\_\\-]+").test("a_b-c")).toBe(true);
    expect(compilePattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+").test("日本 1")).toBe(true);
  });

  it("take linear time, also where a group that repeats can be read in many ways", () => {
    const hostile = [`${"a".repeat(250)}!`, `${"a ".repeat(250)}\u0000`, `${" ".repeat(500)}:`];
    for (const pattern of [
      "^[a-z0-9*](?:[._\\-/a-z0-9*]?[a-z0-9*]+)*$",
      "^[ \\t]*[\\x20-\\x7E]+([ \\t]+[\\x20-\\x7E]+)*[ \\t]*$",
      "^[ \\t]*[^\\x00-\\x1F:\\x7F]+([ \\t]+[^\\x00-\\x1F:\\x7F]+)*[ \\t]*$",
      "(a+)+",
    ])
      expect(hostile.map((value) => compilePattern(pattern).test(value))).toContain(false);
  });
});
