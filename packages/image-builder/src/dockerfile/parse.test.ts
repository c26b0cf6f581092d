import { expect, test } from "vitest";
import { parseDockerfile } from "./parse.ts";

test("joins continued lines, without the comments and empty lines between them", () => {
  const { instructions } = parseDockerfile(
    [
      "# a comment",
      "FROM scratch",
      "run echo a \\",
      "  # not this",
      "",
      '  && echo "b # c" \\',
      "  d",
      "CMD x",
    ].join("\n"),
  );
  expect(instructions.map(({ keyword, text, line }) => [keyword, text, line])).toEqual([
    ["FROM", "scratch", 2],
    ["RUN", 'echo a   && echo "b # c"   d', 3],
    ["CMD", "x", 8],
  ]);
});

test("reads flags and the JSON form", () => {
  const { instructions } = parseDockerfile(
    'FROM x\nCOPY --from=a --link --chown="1:2" ["b c", "d"]\nCMD ["a", 1]',
  );
  expect(instructions[1]).toEqual({
    keyword: "COPY",
    flags: [
      { name: "from", value: "a" },
      { name: "link", value: "" },
      { name: "chown", value: "1:2" },
    ],
    text: '["b c", "d"]',
    json: ["b c", "d"],
    line: 2,
  });
  expect(instructions[2]?.json).toBeUndefined();
});

test("continues lines with the escape character of the directive", () => {
  const { instructions, escape } = parseDockerfile("# escape=`\nFROM x\nRUN a `\n b\\");
  expect(escape).toBe("`");
  expect(instructions[1]?.text).toBe("a  b\\");
});

test.each([
  ["FROM x\nINSTALL y", "Dockerfile line 2: unknown instruction INSTALL"],
  ["FROM x\n\nRUN", "Dockerfile line 3: RUN needs an argument"],
  [
    "FROM x\nRUN <<EOF\nls\nEOF",
    "Dockerfile line 2: RUN with a here-document (<<) is not supported",
  ],
  [
    "FROM x\nCOPY <<a /b\nls\na",
    "Dockerfile line 2: COPY with a here-document (<<) is not supported",
  ],
])("refuses %j by name and line", (text, message) => {
  expect(() => parseDockerfile(text)).toThrow(message);
});
