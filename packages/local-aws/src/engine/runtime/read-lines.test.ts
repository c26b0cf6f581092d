import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { LineSplitter, MAX_LINE_BYTES, readLines, takeAway } from "./read-lines.ts";

function split(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test("lines come without their ends, empty ones too, however the bytes arrive", () => {
  expect(split("one\n\ntw", "o\nthr", "ee")).toEqual(["one", "", "two", "three"]);
});

test("a carriage return is kept, as Docker does", () => {
  expect(split("one\r\n")).toEqual(["one\r"]);
});

test("a character split over two chunks stays whole", () => {
  const bytes = Buffer.from("日本\n");
  expect(split(bytes.subarray(0, 4), bytes.subarray(4))).toEqual(["日本"]);
});

test("a long line comes in pieces of 16 KB that do not split a character", () => {
  const line = `x${"日".repeat(10_000)}`;
  const pieces = split(`${line}\n`);
  expect(pieces.join("")).toBe(line);
  expect(pieces).toHaveLength(2);
  for (const piece of pieces) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(MAX_LINE_BYTES);
});

test("a line without an end is not held back beyond 16 KB", () => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  splitter.write(Buffer.alloc(MAX_LINE_BYTES + 1, "x"));
  expect(lines).toEqual(["x".repeat(MAX_LINE_BYTES)]);
});

test("a line of exactly 16 KB is one piece", () => {
  expect(split(`${"x".repeat(MAX_LINE_BYTES)}\n`, "y\n")).toEqual([
    "x".repeat(MAX_LINE_BYTES),
    "y",
  ]);
});

test("what is in a pipe is read before its reader is taken away, whoever holds the other end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "read-lines-"));
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const fd = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(pipe, constants.O_WRONLY);
  onTestFinished(() => {
    closeSync(writer);
    rmSync(folder, { recursive: true });
  });
  const reader = new Socket({ fd, readable: true, writable: false });
  const lines: string[] = [];
  const read = readLines(reader, (line) => void lines.push(line));
  // This process was not its turn for a while: the time to read is over before it has read anything.
  writeSync(writer, `first\n${"x".repeat(40_000)}\nlast`);
  takeAway(reader);
  await read;
  expect([lines[0], lines.at(-1)]).toEqual(["first", "last"]);
  expect(lines.join("")).toHaveLength(40_009);
});
