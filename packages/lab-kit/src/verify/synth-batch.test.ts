import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { SynthesisError } from "../program/synthesis-error.ts";
import { NODE_APP } from "../web-app.ts";
import { SynthBatch } from "./synth-batch.ts";

const LAB = join(import.meta.dirname, "../../../../labs/01-images");

let scratch: string;
let batch: SynthBatch;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "synth-batch-"));
  batch = new SynthBatch();
});
afterEach(async () => {
  await batch.close();
  rmSync(scratch, { recursive: true });
});

const synthesise = (variant: string, owner: string, out: string) =>
  batch.synthesise({
    labDirectory: LAB,
    variant,
    settings: { owner, region: "ap-northeast-1", homeCidr: "203.0.113.7/32" },
    images: [{ app: NODE_APP, image: "nodejs-app:v1" }],
    outDirectory: join(scratch, out),
    stack: "images",
  });

/** The solution with something else in it. */
function variantOf(name: string, from: string, to: string): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  cpSync(join(LAB, "solution"), folder, { recursive: true });
  symlinkSync(join(LAB, "../node_modules"), join(folder, "node_modules"), "dir");
  const file = join(folder, "stack.ts");
  const source = readFileSync(file, "utf8");
  expect(source).toContain(from);
  writeFileSync(file, source.replace(from, to));
  return file;
}

test("synthesises one variant after the other, each with its own settings", async () => {
  const names = (reader: Awaited<ReturnType<typeof synthesise>>) =>
    reader.all("aws_ecr_repository").map(({ attributes }) => attributes["name"]);
  const [one, two] = await Promise.all([
    synthesise("solution", "hanako", "one"),
    synthesise("solution", "taro", "two"),
  ]);
  expect(names(one!)).toContain("nodejs-app-hanako");
  expect(names(two!)).toContain("nodejs-app-taro");
  const other = variantOf("other", '"nodejs-app"', '"other-app"');
  expect(names(await synthesise(other, "hanako", "three"))).toContain("other-app-hanako");
});

test("a variant that does not synthesise is told, and the next one does", async () => {
  const broken = variantOf("broken", "super(", 'throw new Error("not today"); super(');
  await expect(synthesise(broken, "hanako", "one")).rejects.toThrow(SynthesisError);
  await expect(synthesise(broken, "hanako", "two")).rejects.toThrow("not today");
  await expect(synthesise("solution", "not an owner", "three")).rejects.toThrow(/OWNER/);
  expect((await synthesise("solution", "hanako", "four")).all("aws_ecr_repository")).not.toEqual(
    [],
  );
});
