import { expect, test } from "vitest";
import { COMMANDS, findCommand, onTarget, requireTarget } from "./commands.ts";

test("what comes next is told for the target that was acted on", () => {
  expect(onTarget({ target: { name: "local" } }, "destroy 08")).toBe("./workbook destroy 08");
  expect(onTarget({ target: { name: "aws" } }, "destroy 08")).toBe(
    "./workbook destroy 08 --target aws",
  );
  expect(onTarget({ target: { name: "aws" } }, "solution 08")).toBe("./workbook solution 08");
});

test("a command that is about this machine alone says that it takes no AWS", () => {
  expect(() => requireTarget(findCommand("logs")!, "aws")).not.toThrow();
  expect(() => requireTarget(findCommand("status")!, "local")).not.toThrow();
  for (const name of ["status", "cloud", "env", "site", "verify"]) {
    expect(() => requireTarget(findCommand(name)!, "aws")).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringContaining(`"${name}" takes no --target aws`),
      }),
    );
  }
});

test("every command has a name of its own", () => {
  const names = COMMANDS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});
