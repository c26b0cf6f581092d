import { execFile } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CreateScheduleGroupCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyClone } from "../../../scripts/copy-clone.ts";
import { SpawnedCloud } from "./support/spawned-cloud.ts";

const root = join(import.meta.dirname, "../../..");
const FOLDER = "packages/local-aws/src/services/scheduler";
const TABLE = "packages/local-aws/src/services/table.ts";
let scratch: string;
let clone: string;

/** EventBridge Scheduler has a model here and no handler yet: a toy of it makes groups, and shows them. */
const TOY = {
  "state.ts": `import { defineKind } from "../../store/kind.ts";

/** Keyed by name. */
export interface ScheduleGroup {
  name: string;
  arn: string;
  createdAt: number;
}

export const scheduleGroups = defineKind<ScheduleGroup>("scheduler.group");
`,
  "faults.ts": `import { AwsError } from "../../protocol/aws-error.ts";

export const groupExists = (name: string) =>
  new AwsError("ConflictException", \`Schedule group \${name} already exists.\`);

export const groupMissing = (name: string) =>
  new AwsError("ResourceNotFoundException", \`Schedule group \${name} does not exist.\`);
`,
  "service.ts": `import type { Handlers } from "../../protocol/typed.ts";
import type { Members } from "../kit/members.ts";
import { defineService, type CallContext } from "../service.ts";
import { groupExists, groupMissing } from "./faults.ts";
import { scheduleGroups } from "./state.ts";

const members: Members = {
  refused: { CreateScheduleGroupInput: "Tags" },
  meaningless: [
    { why: ["A toy.", "おもちゃです。"], members: { CreateScheduleGroupInput: "ClientToken" } },
  ],
  usedIn: {},
};

const handlers = {
  CreateScheduleGroup({ Name: name }, { account, region, clock, store }) {
    const groups = store.of(scheduleGroups);
    if (groups.has(name)) throw groupExists(name);
    const arn = \`arn:aws:scheduler:\${region}:\${account}:schedule-group/\${name}\`;
    groups.put(name, { name, arn, createdAt: clock.now() });
    return { ScheduleGroupArn: arn };
  },

  GetScheduleGroup({ Name: name }, { store }) {
    const group = store.of(scheduleGroups).get(name);
    if (!group) throw groupMissing(name);
    const CreationDate = new Date(group.createdAt);
    return { Arn: group.arn, Name: name, State: "ACTIVE" as const, CreationDate };
  },
} satisfies Handlers<typeof import("@aws-sdk/client-scheduler"), CallContext>;

export const scheduler = defineService({
  id: "scheduler",
  members,
  shown: [scheduleGroups],
  handlers,
});
`,
} as const;

/** Runs a program of the copy. Rejects, with what it printed, where it does not end with 0. */
async function run(folder: string, program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
    cwd: join(clone, folder),
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
  });
  return stdout;
}

/** The files of the copy that are not in the original, or not as they are there. */
function touched(): string[] {
  const files = globSync("{docs,infra,packages,scripts}/**/*.{ts,md,json}", {
    cwd: clone,
    exclude: (name) => name === "node_modules",
  });
  const isNew = (file: string) =>
    !existsSync(join(root, file)) ||
    readFileSync(join(root, file), "utf8") !== readFileSync(join(clone, file), "utf8");
  return files.filter(isNew).toSorted();
}

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "new-service-"));
  clone = join(scratch, "ecs-workbook");
  copyClone(clone);
  expect(touched()).toEqual([]);
  await mkdir(join(clone, FOLDER));
  for (const [name, text] of Object.entries(TOY)) writeFileSync(join(clone, FOLDER, name), text);
  const table = readFileSync(join(clone, TABLE), "utf8");
  const row = table
    .replace(
      "import { sts }",
      'import { scheduler } from "./scheduler/service.ts";\nimport { sts }',
    )
    .replace(/\bsts,?\s*\];/, "scheduler, sts];");
  expect(row).toMatch(/^import \{ scheduler \}[^]* scheduler, sts\];/m);
  writeFileSync(join(clone, TABLE), row);
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("a service is one folder and one row: all else is generated, and what holds services holds it", async () => {
  await run(".", "docs/scripts/generate-reference.ts");
  const held = await run(
    "packages/local-aws",
    "node_modules/vitest/vitest.mjs",
    "run",
    "tests/rooms.test.ts",
    "tests/services.test.ts",
  );
  expect(held).toMatch(/Test Files +2 passed/);
  expect(touched()).toEqual([
    "docs/ja/reference/support-matrix.md",
    "docs/reference/support-matrix.md",
    ...Object.keys(TOY)
      .map((name) => `${FOLDER}/${name}`)
      .toSorted(),
    TABLE,
  ]);
});

test("the SDK calls it: what it has is answered, all else is refused by name", async () => {
  const cloud = await SpawnedCloud.spawn(join(scratch, "data"), {
    main: join(clone, "packages/local-aws/src/main.ts"),
    args: ["--tasks", "off"],
  });
  const client = new SchedulerClient(cloud.clientConfig);
  try {
    const named = { Name: "nightly" };
    const made = await client.send(new CreateScheduleGroupCommand(named));
    expect(made.ScheduleGroupArn).toMatch(/:schedule-group\/nightly$/);
    const found = await client.send(new GetScheduleGroupCommand(named));
    expect(found).toMatchObject({ Arn: made.ScheduleGroupArn, State: "ACTIVE" });
    await expect(client.send(new CreateScheduleGroupCommand(named))).rejects.toMatchObject({
      name: "ConflictException",
    });
    const tagged = { Name: "tagged", Tags: [{ Key: "team", Value: "blue" }] };
    await expect(client.send(new CreateScheduleGroupCommand(tagged))).rejects.toThrow(
      "Tags of scheduler:CreateScheduleGroup is not implemented",
    );
    await expect(client.send(new ListScheduleGroupsCommand({}))).rejects.toThrow(
      "scheduler:ListScheduleGroups is not implemented",
    );
  } finally {
    client.destroy();
    await cloud.end();
  }
});
