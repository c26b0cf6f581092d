import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { findNpm } from "../src/find-node.ts";
import { toPlatform } from "../src/platform.ts";
import { serve, temporaryFolder, writeProgram, type FileServer } from "../src/testing/fixtures.ts";
import { findRoot } from "../src/tool.ts";

const platform = toPlatform();
const nodePackage = `node-${platform}`;
const pnpmPackage = `@pnpm/exe.${platform}`;
/** What the script needs of a system; nothing else is on PATH. */
const system =
  "sh env tar gzip sed mkdir rm mv cp ln ls cat cmp date dirname readlink sleep tail uname sha256sum sha512sum shasum openssl curl grep head";

interface Place {
  readonly root: string;
  readonly bin: string;
  readonly server: FileServer;
  readonly env: NodeJS.ProcessEnv;
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A tarball with a folder `package`, as a registry has it. */
function pack(
  base: string,
  name: string,
  version: string,
  programs: Readonly<Record<string, string>>,
): Buffer {
  const folder = join(base, "packing", name.replaceAll("/", "-"));
  mkdirSync(folder, { recursive: true });
  for (const [file, script] of Object.entries(programs)) {
    writeProgram(join(folder, "package", file), script);
  }
  writeFileSync(join(folder, "package", "package.json"), JSON.stringify({ name, version }));
  return execFileSync("tar", ["-czf", "-", "-C", folder, "package"]);
}

function integrity(tarball: Buffer): string {
  return `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
}

function hex(algorithm: string, data: Buffer): string {
  return createHash(algorithm).update(data).digest("hex");
}

/**
 * A clone with a workbook of its own, a registry with two packages and a mirror with one archive. Their Node is the one
 * that runs this test, behind a script that says another version; their pnpm makes `node_modules` and counts its calls.
 */
async function place(options: {
  readonly withNpm: boolean;
  readonly pnpm?: string;
}): Promise<Place> {
  const base = temporaryFolder();
  const root = join(base, "a clone");
  const bin = join(base, "bin");
  mkdirSync(bin, { recursive: true });
  const which = (name: string) =>
    execFileSync("sh", ["-c", `command -v ${name} || :`], { encoding: "utf8" }).trim();
  for (const name of system.split(" ")) {
    const path = which(name);
    if (path.startsWith("/")) symlinkSync(path, join(bin, name));
  }
  writeProgram(
    join(bin, "node"),
    `[ "$1" = --version ] && echo v20.1.0 && exit\nexec '${process.execPath}' "$@"`,
  );
  if (options.withNpm) symlinkSync((await findNpm()).path, join(bin, "npm"));

  const node = `[ "$1" = --version ] && echo v24.0.1 && exit\nexec '${process.execPath}' "$@"`;
  const pnpm = options.pnpm ?? 'echo "$*" >>calls; mkdir -p node_modules';
  const nodeTarball = pack(base, nodePackage, "24.0.1", { "bin/node": node });
  const pnpmTarball = pack(base, pnpmPackage, "12.0.0", {
    pnpm: `[ "$1" = --version ] && echo 12.0.0 && exit\n${pnpm}`,
  });
  const npm = `exec '${(await findNpm()).path}' "$@"`;
  const archive = pack(base, "node-archive", "24.0.1", { "bin/node": node, "bin/npm": npm });
  const files: Record<string, Buffer | string> = { "/mirror/node.tar.gz": archive };
  const server = await serve(files);
  for (const [name, version, tarball] of [
    [nodePackage, "24.0.1", nodeTarball],
    [pnpmPackage, "12.0.0", pnpmTarball],
  ] as const) {
    const path = `/${name}/-/package.tgz`;
    const dist = { tarball: `${server.address}${path}`, integrity: integrity(tarball) };
    files[path] = tarball;
    files[`/${name}`] = JSON.stringify({
      name,
      "dist-tags": { latest: version },
      versions: { [version]: { name, version, dist } },
    });
  }
  writeClone(root, [
    `base node WORKBOOK_NODE_MIRROR ${server.address}/nowhere`,
    `node 24.0.1 ${platform} npm ${nodePackage} ${hex("sha512", nodeTarball)}`,
    `node 24.0.1 ${platform} archive node.tar.gz ${hex("sha256", archive)}`,
    `pnpm 12.0.0 ${platform} npm ${pnpmPackage} ${hex("sha512", pnpmTarball)}`,
  ]);
  const env = {
    PATH: bin,
    HOME: base,
    TMPDIR: base,
    npm_config_registry: server.address,
    npm_config_cache: join(base, "npm-cache"),
    npm_config_no_such_setting: "1",
    NODE_OPTIONS: "--require=/no/such/file.js",
    AWS_PROFILE: "work",
    WORKBOOK_NODE_MIRROR: `${server.address}/mirror`,
  };
  return { root, bin, server, env };
}

function writeClone(root: string, table: readonly string[]): void {
  mkdirSync(join(root, "packages/toolchain"), { recursive: true });
  mkdirSync(join(root, "packages/cli/src"), { recursive: true });
  cpSync(join(findRoot(), "workbook"), join(root, "workbook"));
  cpSync(
    join(findRoot(), "packages/toolchain/set-up.sh"),
    join(root, "packages/toolchain/set-up.sh"),
  );
  writeFileSync(join(root, "packages/toolchain/tools.txt"), `# the tools\n${table.join("\n")}\n`);
  writeFileSync(join(root, "package.json"), '{\n  "packageManager": "pnpm@12.0.0"\n}\n');
  writeFileSync(join(root, "pnpm-lock.yaml"), "lockfileVersion: '9.0'\n");
  const main = "process.stdout.write(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;";
  writeFileSync(join(root, "packages/cli/src/main.ts"), main);
}

function workbook(
  { root, env }: Place,
  args: readonly string[] = [],
  more: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, "workbook"), [...args], {
      env: { ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const tools = ({ root }: Place) => readdirSync(join(root, ".workbook/tools")).toSorted();
const calls = ({ root }: Place) => readFileSync(join(root, "calls"), "utf8").trim().split("\n");

test("the first call fetches what is missing and installs, the second fetches nothing", async () => {
  const here = await place({ withNpm: true });
  const first = await workbook(here, ["run", "a b", "$HOME"]);
  expect(first.stderr).toContain("workbook: setting up; this happens once");
  expect(first).toMatchObject({ code: 7, stdout: '["run","a b","$HOME"]' });
  expect(tools(here)).toEqual(["node-24.0.1", "pnpm-12.0.0"]);
  expect(calls(here)).toEqual([expect.stringContaining("install --frozen-lockfile")]);
  const asked = here.server.requests.length;
  expect(await workbook(here)).toEqual({ code: 7, stdout: "[]", stderr: "" });
  expect(here.server.requests).toHaveLength(asked);
  expect(calls(here)).toHaveLength(1);
});

test("a changed lockfile, and a removed node_modules, are installed again; tools are not fetched again", async () => {
  const here = await place({ withNpm: true });
  await workbook(here);
  const asked = here.server.requests.length;
  writeFileSync(join(here.root, "pnpm-lock.yaml"), "lockfileVersion: '9.0'\n# another\n");
  await workbook(here);
  rmSync(join(here.root, "node_modules"), { recursive: true });
  await workbook(here);
  await workbook(here);
  expect(calls(here)).toHaveLength(3);
  expect(here.server.requests).toHaveLength(asked);
});

test("two first calls at once set up once", async () => {
  const here = await place({ withNpm: true });
  const both = await Promise.all([workbook(here), workbook(here)]);
  expect(both.map(({ code }) => code)).toEqual([7, 7]);
  expect(calls(here)).toHaveLength(1);
  expect(tools(here)).toEqual(["node-24.0.1", "pnpm-12.0.0"]);
});

test("without npm's package of Node, the official archive is fetched", async () => {
  const here = await place({ withNpm: true });
  const table = join(here.root, "packages/toolchain/tools.txt");
  const rows = readFileSync(table, "utf8").split("\n");
  writeFileSync(table, rows.filter((row) => !row.includes(nodePackage)).join("\n"));
  const outcome = await workbook(here);
  expect(outcome.stderr).toContain("the official archive: done");
  expect(outcome.code).toBe(7);
  expect(here.server.requests).toContain("/mirror/node.tar.gz");
});

test("a tool with another hash is refused with both hashes, and nothing of it is kept", async () => {
  const here = await place({ withNpm: true });
  const table = join(here.root, "packages/toolchain/tools.txt");
  const wrong = readFileSync(table, "utf8").replace(/(exe\.\S+ )\w{8}/, "$100000000");
  writeFileSync(table, wrong);
  const outcome = await workbook(here);
  expect(outcome).toMatchObject({ code: 3, stdout: "" });
  expect(outcome.stderr).toMatch(/has the SHA-512 \w+, and tools\.txt says 00000000\w+/);
  expect(outcome.stderr).toContain("next: ");
  expect(tools(here)).toEqual(["node-24.0.1"]);
  expect(existsSync(join(here.root, ".workbook/set-up.lock"))).toBe(false);
});

test.each([
  [{ LANG: "ja_JP.UTF-8" }, true],
  [{ LANG: "ja_JP.UTF-8", LC_ALL: "C.UTF-8" }, false],
  [{ LC_ALL: "C.UTF-8", WORKBOOK_LANG: "ja" }, true],
])(
  "with %j, the set-up and what is in its way are told in Japanese: %s",
  async (env, isJapanese) => {
    const here = await place({ withNpm: true });
    const table = join(here.root, "packages/toolchain/tools.txt");
    writeFileSync(table, readFileSync(table, "utf8").replace(/(exe\.\S+ )\w{8}/, "$100000000"));
    const { code, stderr } = await workbook(here, [], env);
    expect(code).toBe(3);
    const [japanese, english] = [
      /セットアップします.*次にすること: ネットワーク/s,
      /setting up.*next: check/s,
    ];
    expect(stderr).toMatch(isJapanese ? japanese : english);
    expect(stderr).not.toMatch(isJapanese ? english : japanese);
  },
);

test("a proxy that does not answer is left out", async () => {
  const here = await place({ withNpm: true });
  const proxy = "http://127.0.0.1:1";
  const outcome = await workbook(here, [], { HTTP_PROXY: proxy, https_proxy: proxy });
  expect(outcome.code).toBe(7);
});

test("an install that fails is said in pnpm's words, with exit code 3, and tried again next time", async () => {
  const here = await place({ withNpm: true, pnpm: "echo the disk is full; exit 1" });
  for (const _attempt of [1, 2]) {
    const outcome = await workbook(here);
    expect(outcome).toMatchObject({ code: 3, stdout: "" });
    expect(outcome.stderr).toContain("the disk is full");
    expect(outcome.stderr).toContain("the dependencies could not be installed");
  }
});

test("an interrupt during the install ends it, and the next call goes on", async () => {
  const slow = "if [ -e node_modules ]; then exit 0; fi; mkdir node_modules; exec sleep 600";
  const here = await place({ withNpm: true, pnpm: slow });
  const child = spawn(join(here.root, "workbook"), [], {
    env: here.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const began = () => expect(existsSync(join(here.root, "node_modules"))).toBe(true);
  await vi.waitFor(began, 60_000);
  process.kill(-(child.pid ?? 0), "SIGINT");
  await ended;
  expect(existsSync(join(here.root, ".workbook/set-up.lock"))).toBe(false);
  expect(tools(here)).toEqual(["node-24.0.1", "pnpm-12.0.0"]);
  expect(await workbook(here)).toMatchObject({ code: 7 });
});

test("the lock and the leftovers of a killed set-up do not stop the next one", async () => {
  const here = await place({ withNpm: true });
  mkdirSync(join(here.root, ".workbook/tools/.tmp.999999999"), { recursive: true });
  symlinkSync("999999999", join(here.root, ".workbook/set-up.lock"));
  expect(await workbook(here)).toMatchObject({ code: 7 });
  expect(tools(here)).toEqual(["node-24.0.1", "pnpm-12.0.0"]);
});

test("`workbook pnpm` runs the pinned pnpm in the workbook's folder, without installing first", async () => {
  const here = await place({ withNpm: true, pnpm: 'echo "$PWD $*"' });
  const outcome = await workbook(here, ["pnpm", "why", "x y"]);
  expect(outcome).toMatchObject({ code: 0, stdout: `${here.root} why x y\n` });
  expect(existsSync(join(here.root, "node_modules"))).toBe(false);
});

test("it works through a symbolic link, from another folder", async () => {
  const here = await place({ withNpm: true });
  const link = join(here.bin, "linked");
  symlinkSync(join(here.root, "workbook"), link);
  const stdout = await new Promise<string>((resolve) => {
    const child = spawn(link, ["x"], {
      env: here.env,
      cwd: here.bin,
      stdio: ["ignore", "pipe", "ignore"],
    });
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
  });
  expect(stdout).toBe('["x"]');
});

test("without any npm, the one in the official archive of Node is used, and it is fetched once", async () => {
  const here = await place({ withNpm: false });
  expect(await workbook(here)).toMatchObject({ code: 7, stdout: "[]" });
  expect(here.server.requests.filter((path) => path === "/mirror/node.tar.gz")).toHaveLength(1);
  expect(tools(here)).toEqual(["node-24.0.1", "pnpm-12.0.0"]);
});
