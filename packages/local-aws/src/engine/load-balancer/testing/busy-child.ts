import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { endWithParent } from "../data-plane/parent-watch.ts";

/* A parent, and a child that computes for good once its watch stands: for tests of what is left when the parent is killed. */

if (process.argv[2] === "child") {
  endWithParent();
  setTimeout(() => {
    process.stdout.write(`${process.pid}\n`);
    for (;;) Math.random();
  }, 500);
} else {
  spawn(process.execPath, [fileURLToPath(import.meta.url), "child"], { stdio: "inherit" });
}
