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
  expect(Buffer.from(readZipEntry(file, "terraform")).toString()).toBe(text);
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

test("a file that is packed in another way is refused, and how is said", () => {
  const archive = zip({ terraform: "x".repeat(100) });
  const entry = archive.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  archive.writeUInt16LE(12, entry + 10); // bzip2: APPNOTE.TXT, section 4.4.5
  expect(() => readZipEntry(write(archive), "terraform")).toThrow(/unknown compression type 12/);
});

test("a file whose data ends early is refused", () => {
  const archive = zip({ terraform: "abcdefgh" });
  const entry = archive.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  archive.writeUInt32LE(archive.readUInt32LE(entry + 20) - 4, entry + 20);
  expect(() => readZipEntry(write(archive), "terraform")).toThrow(/damaged one: unexpected EOF/);
});
