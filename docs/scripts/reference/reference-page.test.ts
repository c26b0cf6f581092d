import { COMMANDS, EXIT_CODES, optionsOf } from "@workbook/cli";
import { expect, test } from "vitest";

import { commandLine } from "./command-line.ts";
import { escapeText, formatTable } from "./reference-page.ts";

test.each(["en", "ja"] as const)(
  "the page of the command line has every command, its options and every exit code (%s)",
  (language) => {
    const page = commandLine().body(language);
    for (const command of COMMANDS) {
      const [, section = ""] = page.split(`\n### ${command.name} {#${command.name}}\n`);
      const [own = ""] = section.split(/\n##/);
      expect(own).toContain(`./workbook ${command.name}`);
      const options = optionsOf(command).map(([name]) => name);
      for (const name of options.filter((each) => !["json", "help"].includes(each)))
        expect(own).toContain(`--${name}`);
    }
    for (const { code } of EXIT_CODES) expect(page).toMatch(new RegExp(`^\\| ${code} \\|`, "m"));
    expect(page).toContain("(`run`, `check`)");
  },
);

test("text of a program cannot become a component, and code stays as it is", () => {
  expect(escapeText("a <b> & {{ c }} `<owner>`")).toBe(
    "a &lt;b&gt; &amp; &#123;&#123; c }} `<owner>`",
  );
});

test("a cell cannot end its table's row", () => {
  expect(formatTable(["a"], [["x | y\nz"]])).toBe("| a |\n| --- |\n| x \\| y z |");
});
