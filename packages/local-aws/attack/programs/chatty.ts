/*
 * Writes numbered lines to its standard output, as fast as somebody takes them, and ends. It is pushed as an image: it needs
 * nothing but Node.
 */
import { writeSync } from "node:fs";

const lines = Number(process.env["LINES"]);
const filling = "x".repeat(Number(process.env["WIDTH"]));
for (let line = 1; line <= lines; line++) {
  let text = `${line} ${filling}\n`;
  while (text !== "") {
    try {
      text = text.slice(writeSync(1, text));
    } catch (error) {
      // The pipe is full, and this side of it does not block.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
