import { expect, test } from "vitest";

import { parseGroups } from "./command-line.ts";
import { escapeText, formatTable } from "./reference-page.ts";

test("reads commands and their descriptions, which go on in the next lines", () => {
  const help = [
    "A program.",
    "",
    "Begin:",
    "  run [lab]           Deploy a lab's solution, verify it",
    "                      (default: lab 08)",
    "  saved [action] [name]",
    "                      List what was saved",
    "",
    "Look:",
    "  status              Say what runs",
    "",
    "Exit codes: 0 done",
  ].join("\n");
  expect(parseGroups(help)).toEqual([
    {
      title: "Begin",
      entries: [
        { usage: "run [lab]", description: "Deploy a lab's solution, verify it (default: lab 08)" },
        { usage: "saved [action] [name]", description: "List what was saved" },
      ],
    },
    { title: "Look", entries: [{ usage: "status", description: "Say what runs" }] },
  ]);
});

test("text of a program cannot become a component, and code stays as it is", () => {
  expect(escapeText("a <b> & {{ c }} `<owner>`")).toBe(
    "a &lt;b&gt; &amp; &#123;&#123; c }} `<owner>`",
  );
});

test("a cell cannot end its table's row", () => {
  expect(formatTable(["a"], [["x | y\nz"]])).toBe("| a |\n| --- |\n| x \\| y z |");
});
