import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../src/main.js", import.meta.url));

/**
 * Starts the service as a process of its own on a free port.
 *
 * @param {import("node:test").TestContext} t the process is killed when this test ends
 * @param {Record<string, string>} env
 */
export function startApp(t, env = {}) {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const exited = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  const lines = [];
  const waiting = new Set();
  createInterface({ input: child.stdout }).on("line", (text) => {
    lines.push(JSON.parse(text));
    for (const check of waiting) check();
  });

  /** Resolves to the first log line that matches. */
  function logged(matches) {
    return new Promise((resolve) => {
      const check = () => {
        const line = lines.find(matches);
        if (line === undefined) return;
        waiting.delete(check);
        resolve(line);
      };
      waiting.add(check);
      check();
    });
  }

  const url = async () =>
    `http://127.0.0.1:${(await logged((line) => line.message === "listening")).port}`;
  return { child, exited, lines, logged, url };
}
