import { expect, test } from "vitest";
import { onTarget, requireTarget } from "./on-target.ts";

test("what comes next is told for the target that was acted on", () => {
  expect(onTarget({ target: "local" }, "destroy 08")).toBe("./workbook destroy 08");
  expect(onTarget({ target: "aws" }, "destroy 08")).toBe("./workbook destroy 08 --target aws");
  expect(onTarget({ target: "aws" }, "solution 08")).toBe("./workbook solution 08");
});

test("a command that is about this machine alone says that it takes no AWS", () => {
  expect(() => requireTarget("logs", "aws")).not.toThrow();
  expect(() => requireTarget("status", "local")).not.toThrow();
  for (const command of ["status", "cloud", "env", "site", "verify"]) {
    expect(() => requireTarget(command, "aws")).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringContaining(`"${command}" takes no --target aws`),
      }),
    );
  }
});
