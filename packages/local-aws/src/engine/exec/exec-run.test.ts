import { expect, test } from "vitest";
import { splitWords } from "./exec-run.ts";

test.each([
  ["/bin/sh", ["/bin/sh"]],
  ["  ls   -l\t/app\n", ["ls", "-l", "/app"]],
  [`sh -c 'echo "$HOME" | cat'`, ["sh", "-c", `echo "$HOME" | cat`]],
  [String.raw`echo "a \"b\"" c\ d 'it'\''s' ''`, ["echo", 'a "b"', "c d", "it's", ""]],
  ["ls # what follows is not run", ["ls"]],
  ["A=b#c env", ["A=b#c", "env"]],
  ["", []],
])("%j has the words %j", (command, words) => {
  expect(splitWords(command)).toEqual(words);
});

test("a quote that is open at the end is refused as by AWS's agent", () => {
  expect(() => splitWords("sh -c 'echo")).toThrow("EOF found when expecting closing quote");
});
