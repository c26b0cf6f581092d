import { text } from "@workbook/toolchain";
import { expect, test } from "vitest";
import { describeProblem } from "./listeners.ts";

test.each([
  [
    'port 80 is taken by nginx (process 7): end it, or start the cloud with listeners "offset" (port 10080); the port is tried again until it is free',
    /^ポート 80 は nginx \(process 7\) が使っています。.*ポート 10080/,
  ],
  ["port 80 cannot be bound: EACCES", /^ポート 80 を使えません: EACCES$/],
  ["port 60000 has no offset: there is no port 70000", /^ポート 60000 .*ポート 70000/],
])("what keeps a listener from its port is told in Japanese: %s", (problem, japanese) => {
  expect(text(describeProblem(problem)).en).toBe(problem);
  expect(text(describeProblem(problem)).ja).toMatch(japanese);
});

test("what is not known is told as it is", () => {
  expect(text(describeProblem("something else")).ja).toBe("something else");
});
