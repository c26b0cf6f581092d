import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { TestWorkbook } from "../src/testing/workbook.ts";

const LONG = 5 * 60_000;
const ROOT = resolve(import.meta.dirname, "../../..");

function workbook(environment: NodeJS.ProcessEnv = {}): TestWorkbook {
  const made = new TestWorkbook(environment);
  onTestFinished(() => made.remove(), LONG);
  return made;
}

/** A PATH on which there are these programs and the few that `workbook` itself needs. */
function pathWith(...programs: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "path-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(process.execPath, join(folder, "node"));
  for (const name of ["sh", "env", "dirname", "readlink", "cmp", ...programs]) {
    const { stdout } = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
    symlinkSync(stdout.trim(), join(folder, name));
  }
  return folder;
}

/** What a failure says, without what was told before it. */
function sentence(stderr: string): string {
  return stderr.split("\n").findLast((line) => line.startsWith("✗"))!;
}

const NOWHERE = "http://127.0.0.1:9";

test(
  "without Terraform, and without a way to fetch it, the command says so and what to do",
  async () => {
    const PATH = pathWith();
    const ended = await workbook({ PATH, WORKBOOK_TERRAFORM_MIRROR: NOWHERE }).run(["plan"]);
    expect(ended.code).toBe(3);
    expect(sentence(ended.stderr)).toMatch(
      /^✗ terraform \S+ is needed, is not on PATH, and could not/,
    );
    expect(ended.stderr).toContain("WORKBOOK_TERRAFORM_MIRROR");
  },
  LONG,
);

test(
  "without Go, and without a way to fetch it, the command says so and what to do",
  async () => {
    const PATH = pathWith("terraform");
    const ended = await workbook({ PATH, WORKBOOK_GO_MIRROR: NOWHERE }).run(["build"]);
    expect(ended.code).toBe(3);
    expect(sentence(ended.stderr)).toMatch(/^✗ go \S+ is needed, is not on PATH, and could not/);
  },
  LONG,
);

test(
  "a port that another program holds is named with it",
  async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const ended = await workbook().run(["cloud", "up", "--port", String(port)]);
    expect(ended.code).toBe(3);
    expect(sentence(ended.stderr)).toBe(
      `✗ Port ${port}, where Local AWS would answer, is taken by ${holderOfThisTest()} (process ${process.pid}).`,
    );
    expect(ended.stderr).toContain(`Next: ./workbook cloud up --port ${port + 1}`);
  },
  LONG,
);

function holderOfThisTest(): string {
  const { stdout } = spawnSync("tr", ["\\0", " "], {
    input: spawnSync("cat", [`/proc/${process.pid}/cmdline`]).stdout,
    encoding: "utf8",
  });
  return stdout.trim().slice(0, 120);
}

/** Runs a command with a small or read-only file system as its folder, in a mount namespace of its own. */
async function onFileSystem(
  options: string,
  args: string,
): Promise<{ code: number; stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), "mount-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "state"));
  const script = `mount -t tmpfs -o ${options} tmpfs ${folder}/state && exec ./workbook ${args}`;
  const run = promisify(execFile)("unshare", ["--map-root-user", "--mount", "sh", "-c", script], {
    cwd: ROOT,
    env: { ...process.env, WORKBOOK_DIR: join(folder, "state"), WORKBOOK_PORT: "0" },
  });
  return run.then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: { code: number; stderr: string }) => error,
  );
}

test(
  "a disk without room for a deployment is said to be full before anything begins",
  async () => {
    const { code, stderr } = await onFileSystem("size=1m", "plan");
    expect(sentence(stderr)).toMatch(/^✗ The disk is full: .* a deployment needs 300 MB\.$/);
    expect(code).toBe(3);
  },
  LONG,
);

test(
  "a disk that is too full for the cloud's own files is said to be full",
  async () => {
    const { code, stderr } = await onFileSystem("size=20k", "cloud up");
    expect(sentence(stderr)).toContain("The disk is full");
    expect(code).toBe(3);
  },
  LONG,
);

test(
  "a folder that cannot be written to is named",
  async () => {
    const { code, stderr } = await onFileSystem("ro", "cloud up");
    expect(sentence(stderr)).toMatch(
      /^✗ The workbook cannot write \(.*state\/cloud\): it is read-only\.$/,
    );
    expect(code).toBe(3);
  },
  LONG,
);
