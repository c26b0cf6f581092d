import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { runContainer } from "./run-container.ts";

/** In place of runc: says which process it is at once, as no runc can on an idle machine, and ends. */
const QUICK = `#!/bin/sh
while [ "$1" != --pid-file ]; do shift; done
echo $$ >"$2.new" && mv "$2.new" "$2"
exec sleep 1
`;
/** A container's outputs. */
const STREAMS = ["stdout", "stderr"] as const;

test("a container that has started before anybody watched for it is known to have started", async () => {
  const folder = mkdtempSync(join(tmpdir(), "workbook-run-"));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "runc"), QUICK, { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"]}`);
  const starts = Array.from({ length: 40 }, async (_, index) => {
    const bundle = mkdtempSync(join(folder, "bundle-"));
    const [stdout, stderr] = STREAMS.map((name) => join(bundle, name)) as [string, string];
    execFileSync("mkfifo", [stdout, stderr]);
    for (const pipe of [stdout, stderr]) {
      const end = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
      onTestFinished(() => closeSync(end));
    }
    const { promise: ended, resolve } = Promise.withResolvers<"ended">();
    const run = {
      id: `task-${index}`,
      bundle,
      stdout,
      stderr,
      interactive: false,
      terminal: false,
    };
    const started = runContainer(run, () => resolve("ended")).then(() => "started" as const);
    return Promise.race([started, ended]);
  });
  expect(await Promise.all(starts)).toEqual(starts.map(() => "started"));
});
