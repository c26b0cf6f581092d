import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findTerraform } from "./find-terraform.ts";
import { toGoPlatform, toPlatform } from "./platform.ts";
import { terraformCliConfig } from "./terraform-cli-config.ts";
import { temporaryFolder } from "./testing/fixtures.ts";

const platform = toGoPlatform(toPlatform());
const aws = "registry.terraform.io/hashicorp/aws";

/** A machine with a home, a working directory and an add-on root of its own. */
function machine() {
  const base = temporaryFolder();
  const folders = {
    home: join(base, "home"),
    addOnRoot: join(base, "opt"),
    root: join(base, "book"),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder);
  const env: NodeJS.ProcessEnv = { HOME: folders.home, XDG_DATA_DIRS: join(base, "share") };
  const options = { env, root: folders.root, addOnRoot: folders.addOnRoot, workingDirectory: base };
  return { ...folders, env, options };
}

function addUnpacked(mirror: string): void {
  mkdirSync(join(mirror, aws, "5.100.0", platform), { recursive: true });
}

function addPacked(mirror: string, where = platform): void {
  mkdirSync(join(mirror, aws), { recursive: true });
  writeFileSync(join(mirror, aws, `terraform-provider-aws_5.100.0_${where}.zip`), "");
}

/** What Terraform says about a configuration when it starts: it checks the whole file. */
async function start(file: string): Promise<string> {
  const { path } = await findTerraform();
  const env = { PATH: process.env["PATH"], TF_CLI_CONFIG_FILE: file, CHECKPOINT_DISABLE: "1" };
  const { stdout, stderr } = spawnSync(path, ["version"], { env, encoding: "utf8" });
  return stdout + stderr;
}

test("with nothing on the machine the registry is used, with a plugin cache", async () => {
  const { options, root } = machine();
  const config = terraformCliConfig(options);
  expect(config).toMatchObject({ kind: "registry", mirrors: [] });
  const cache = join(root, ".workbook/terraform/plugin-cache");
  expect(readFileSync(config.file ?? "", "utf8")).toContain(`plugin_cache_dir = "${cache}"`);
  expect(statSync(cache).isDirectory()).toBe(true);
  expect(await start(config.file ?? "")).toMatch(/^Terraform v\S+\non \S+\n*$/);
});

test.each([
  ["unpacked", addUnpacked],
  ["packed", addPacked],
])("a mirror one level below the add-on root is used, %s", async (_how, add) => {
  const { options, addOnRoot } = machine();
  add(join(addOnRoot, "plugins"));
  const config = terraformCliConfig(options);
  expect(config).toMatchObject({
    kind: "mirror",
    mirrors: [{ folder: join(addOnRoot, "plugins"), providers: { [aws]: ["5.100.0"] } }],
  });
  expect(readFileSync(config.file ?? "", "utf8")).toContain(`include = ["${aws}"]`);
  expect(await start(config.file ?? "")).toMatch(/^Terraform v\S+\non \S+\n*$/);
});

test("a mirror in one of Terraform's own places is used", () => {
  const { options, home } = machine();
  addUnpacked(join(home, ".terraform.d/plugins"));
  expect(terraformCliConfig(options)).toMatchObject({
    kind: "mirror",
    mirrors: [{ folder: join(home, ".terraform.d/plugins") }],
  });
});

test("a mirror without a plugin for this machine is none", () => {
  const { options, addOnRoot } = machine();
  addPacked(join(addOnRoot, "plugins"), "plan9_mips");
  expect(terraformCliConfig(options).kind).toBe("registry");
});

test("a variable that names a missing file counts as none", () => {
  const { options, env, addOnRoot } = machine();
  addUnpacked(join(addOnRoot, "plugins"));
  const named = { ...env, TF_CLI_CONFIG_FILE: join(addOnRoot, "missing.tfrc") };
  expect(terraformCliConfig({ ...options, env: named }).kind).toBe("mirror");
});

test("the user's own file that says where providers come from is left as it is", () => {
  const { options, env, home, addOnRoot } = machine();
  addUnpacked(join(addOnRoot, "plugins"));
  const file = join(home, "my.tfrc");
  writeFileSync(file, "provider_installation {\n  direct {}\n}\n");
  const named = { ...env, TF_CLI_CONFIG_FILE: file };
  expect(terraformCliConfig({ ...options, env: named })).toMatchObject({ kind: "user", file });
});

test("the file in the home folder is the user's own; Terraform finds it without the variable", () => {
  const { options, home } = machine();
  writeFileSync(join(home, ".terraformrc"), "disable_checkpoint = true\n");
  expect(terraformCliConfig(options)).toMatchObject({
    kind: "user",
    file: undefined,
    userFile: join(home, ".terraformrc"),
  });
});

test.each([
  ["says where providers come from", "provider_installation {\n  direct {}\n}\n"],
  ["says nothing of them", "disable_checkpoint = true\n"],
])("plugins are kept once also where the user's own file %s", async (_what, own) => {
  const { options, home, root, addOnRoot } = machine();
  addUnpacked(join(addOnRoot, "plugins"));
  writeFileSync(join(home, ".terraformrc"), own);
  const { cache } = terraformCliConfig(options);
  expect(cache["TF_PLUGIN_CACHE_DIR"]).toBe(join(root, ".workbook/terraform/plugin-cache"));
  expect(statSync(cache["TF_PLUGIN_CACHE_DIR"]!).isDirectory()).toBe(true);
});

test("a plugin cache of the user's own stays the one", () => {
  const { options, env, home } = machine();
  const own = { ...env, TF_PLUGIN_CACHE_DIR: home };
  writeFileSync(join(home, ".terraformrc"), "disable_checkpoint = true\n");
  expect(terraformCliConfig({ ...options, env: own }).cache).toEqual({});
  writeFileSync(join(home, ".terraformrc"), `plugin_cache_dir = "${home}"\n`);
  expect(terraformCliConfig(options).cache).toEqual({});
});

test("a user's own file that says nothing of providers is completed with the mirror, and kept from others", async () => {
  const { options, home, addOnRoot } = machine();
  addUnpacked(join(addOnRoot, "plugins"));
  const own = 'credentials "app.terraform.io" {\n  token = "abc"\n}\n';
  writeFileSync(join(home, ".terraformrc"), own);
  const config = terraformCliConfig(options);
  expect(config.kind).toBe("user-and-mirror");
  const content = readFileSync(config.file ?? "", "utf8");
  expect(content).toContain(own.trimEnd());
  expect(content).toContain("filesystem_mirror");
  expect(statSync(config.file ?? "").mode & 0o777).toBe(0o600);
  expect(readFileSync(join(home, ".terraformrc"), "utf8")).toBe(own);
  expect(await start(config.file ?? "")).toMatch(/^Terraform v\S+\non \S+\n*$/);
});
