import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { NODE_APP } from "@workbook/lab-kit";
import { expect, test } from "vitest";

test("the solution's Dockerfile is the app's own, so later chapters run the same image", async () => {
  const solution = await readFile(join(import.meta.dirname, "solution/Dockerfile"), "utf8");
  const root = join(import.meta.dirname, "../..");
  expect(solution).toBe(await readFile(join(root, NODE_APP.folder, "Dockerfile"), "utf8"));
});
