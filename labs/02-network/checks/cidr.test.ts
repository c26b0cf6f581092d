import { expect, test } from "vitest";

import { contains, overlaps, parseCidr } from "./cidr.ts";

const block = (text: string) => parseCidr(text)!;

test("reads a block by its first and last address", () => {
  expect(parseCidr("10.0.1.0/24")).toEqual({
    first: 0x0a_00_01_00,
    last: 0x0a_00_01_ff,
    prefix: 24,
  });
});

test.each(["10.0.0.0", "10.0.0.256/24", "10.0.0.0/33", "10.0.0.1/24", "", "10.0.0.0/24/1"])(
  "takes %j for no block",
  (text) => {
    expect(parseCidr(text)).toBeUndefined();
  },
);

test("a block contains its parts and itself, and nothing that reaches out of it", () => {
  expect(contains(block("10.0.0.0/16"), block("10.0.255.0/24"))).toBe(true);
  expect(contains(block("10.0.0.0/16"), block("10.0.0.0/16"))).toBe(true);
  expect(contains(block("10.0.0.0/16"), block("10.1.0.0/24"))).toBe(false);
  expect(contains(block("10.0.0.0/24"), block("10.0.0.0/16"))).toBe(false);
});

test("blocks overlap when they have one address in common", () => {
  expect(overlaps(block("10.0.0.0/24"), block("10.0.0.128/25"))).toBe(true);
  expect(overlaps(block("10.0.0.0/24"), block("10.0.1.0/24"))).toBe(false);
});
