import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, zip } from "./testing/fixtures.ts";
import { readZipEntry } from "./unzip.ts";

function write(content: Buffer): string {
  const file = join(temporaryFolder(), "archive.zip");
  writeFileSync(file, content);
  return file;
}

test("reads the file that is asked for, whatever else is in the archive", () => {
  const text = "hello\n".repeat(1000);
  const file = write(zip({ "LICENSE.txt": "free", terraform: text, "z.txt": "z" }));
  expect(readZipEntry(file, "terraform").toString()).toBe(text);
});

test("a file that is not in it is named", () => {
  const file = write(zip({ "LICENSE.txt": "free" }));
  expect(() => readZipEntry(file, "terraform")).toThrow(/has no file terraform/);
});

test("what is no archive, or half of one, is refused", () => {
  expect(() => readZipEntry(write(Buffer.from("<html>no</html>")), "terraform")).toThrow(
    /not a ZIP archive/,
  );
  const whole = zip({ terraform: "x".repeat(100) });
  const cut = write(whole.subarray(0, whole.length - 10));
  expect(() => readZipEntry(cut, "terraform")).toThrow(/not a ZIP archive/);
});
