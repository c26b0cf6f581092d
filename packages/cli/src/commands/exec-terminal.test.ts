import { expect, test } from "vitest";
import { quoteWords, withoutCarriageReturns } from "./exec-terminal.ts";

test.each([
  [["ls", "-l", "/app"], "ls -l /app"],
  [["sh", "-c", "echo $HOME; exit 3"], "sh -c 'echo $HOME; exit 3'"],
  [["echo", "it's", ""], String.raw`echo 'it'\''s' ''`],
])("%j is one command", (words, command) => {
  expect(quoteWords(words)).toBe(command);
});

test("lines end as in a file, also where a line's end comes in two pieces", () => {
  let text = "";
  const write = withoutCarriageReturns((data) => (text += data.toString("utf8")));
  for (const piece of ["あ\r", "\nb\r\nc", "\rd\r"]) write(Buffer.from(piece));
  expect(text).toBe("あ\nb\nc\rd");
});
