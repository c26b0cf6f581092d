import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestWorkbook } from "../src/testing/workbook.ts";

const LONG = 60_000;
const SECRET = { GITHUB_TOKEN: "of-nobody-s-business" };
const workbook = new TestWorkbook({
  WORKBOOK_PORT: "0",
  WORKBOOK_LISTENERS: "ephemeral",
  ...SECRET,
});

interface Changes {
  readonly export: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

beforeAll(async () => {
  expect((await workbook.run(["cloud", "up"])).code).toBe(0);
}, LONG);
afterAll(() => workbook.remove(), LONG);

/** The environment of a shell after it has evaluated what `env` prints, each time with these arguments. */
async function shellAfter(...calls: readonly string[]): Promise<Record<string, string>> {
  const script = [
    ...calls.map((args) => `eval "$(./workbook env ${args})"`),
    `exec "${process.execPath}" -p "JSON.stringify(process.env)"`,
  ].join("\n");
  const { NODE_OPTIONS: _bad, ...env } = workbook.environment;
  const { stdout } = await promisify(execFile)("/bin/sh", ["-ec", script], {
    cwd: workbook.root,
    env,
  });
  return JSON.parse(stdout) as Record<string, string>;
}

test(
  "--json holds what is exported and unset, and nothing else of the environment",
  { timeout: LONG },
  async () => {
    const { stdout } = await workbook.run(["env"]);
    const json = await workbook.json<Changes>(["env"]);
    const exported = [...stdout.matchAll(/^export (\w+)=/gm)].map(([, name]) => name);
    const unset = [...stdout.matchAll(/^unset (\w+)$/gm)].map(([, name]) => name);
    expect(Object.keys(json.export)).toEqual(exported);
    expect(json.unset).toEqual(unset);
    expect(json.unset).toContain("AWS_PROFILE");
    expect(JSON.stringify(json) + stdout).not.toContain(SECRET.GITHUB_TOKEN);
    const shell = await shellAfter("");
    expect(shell).toMatchObject(json.export);
    for (const name of json.unset) expect(shell).not.toHaveProperty(name);
  },
);

test("names of what the learner has are exported", { timeout: LONG }, async () => {
  expect(await shellAfter("")).toMatchObject({
    WORKBOOK_OWNER: "hanako",
    WORKBOOK_CLUSTER: "workbook-hanako",
    WORKBOOK_REGISTRY: "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com",
    WORKBOOK_STATE: "s3://ecs-workbook-state-123456789012-ap-northeast-1/hanako",
  });
});

test(
  "--unset takes all of it away again, also when Local AWS does not run",
  { timeout: LONG },
  async () => {
    const there = await workbook.json<Changes>(["env"]);
    expect((await workbook.run(["cloud", "down"])).code).toBe(0);
    const set = Object.keys(there.export).filter((name) => !/^no_proxy$/i.test(name));
    const back = await workbook.run(["env", "--unset"], there.export);
    for (const name of set) expect(back.stdout).toContain(`unset ${name}\n`);
    expect(back.stdout).not.toContain("export ");
    expect(back.stdout).toContain("unset NO_PROXY\n");
  },
);
