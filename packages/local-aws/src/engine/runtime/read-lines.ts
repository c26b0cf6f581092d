import type { Socket } from "node:net";
import { LineSplitter } from "./line-splitter.ts";

/** Hands the lines of a program's output on; resolves when the last writer is gone. */
export function readLines(
  reader: Socket,
  emit: (line: string) => void | Promise<void>,
): Promise<void> {
  // Whoever takes the lines may ask to wait: the pipe fills, and the program with it, as with a blocking log driver.
  const lines = new LineSplitter((line) => {
    const room = emit(line);
    if (!room) return;
    reader.pause();
    void room.then(() => reader.resume());
  });
  return new Promise((resolve) => {
    reader.on("data", (chunk: Buffer) => lines.write(chunk));
    // A pipe whose reader is taken away ends as one whose writers are.
    reader.once("error", () => {});
    reader.once("close", () => {
      lines.end();
      resolve();
    });
  });
}
