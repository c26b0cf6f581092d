import { execFile } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CodeDeployClient,
  CreateApplicationCommand,
  GetApplicationCommand,
  ListApplicationsCommand,
} from "@aws-sdk/client-codedeploy";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyClone } from "../../../scripts/copy-clone.ts";
import { SpawnedCloud } from "./support/spawned-cloud.ts";

const root = join(import.meta.dirname, "../../..");
const FOLDER = "packages/local-aws/src/services/codedeploy";
const TABLE = "packages/local-aws/src/services/table.ts";
let scratch: string;
let clone: string;

/** CodeDeploy has a model here and no handler yet: a toy of it makes applications, and shows them. */
const TOY = {
  "state.ts": `import { defineKind } from "../../store/kind.ts";

/** Keyed by name. */
export interface Application {
  name: string;
  id: string;
  createdAt: number;
}

export const applications = defineKind<Application>("codedeploy.application");
`,
  "faults.ts": `import { AwsError } from "../../protocol/aws-error.ts";

export const applicationExists = (name: string) =>
  new AwsError("ApplicationAlreadyExistsException", \`Application already exists: \${name}\`);

export const applicationMissing = (name: string) =>
  new AwsError("ApplicationDoesNotExistException", \`No application found for name: \${name}\`);
`,
  "service.ts": `import { randomUUID } from "node:crypto";
import type { Handlers } from "../../protocol/typed.ts";
import type { Members } from "../kit/members.ts";
import { defineService, type CallContext } from "../service.ts";
import { applicationExists, applicationMissing } from "./faults.ts";
import { applications } from "./state.ts";

const members: Members = {
  refused: { CreateApplicationInput: "tags" },
  meaningless: [
    { why: ["A toy.", "おもちゃです。"], members: { CreateApplicationInput: "computePlatform" } },
  ],
  usedIn: {},
};

const handlers = {
  CreateApplication({ applicationName: name }, { clock, store }) {
    const all = store.of(applications);
    if (all.has(name)) throw applicationExists(name);
    const id = randomUUID();
    all.put(name, { name, id, createdAt: clock.now() });
    return { applicationId: id };
  },

  GetApplication({ applicationName: name }, { store }) {
    const found = store.of(applications).get(name);
    if (!found) throw applicationMissing(name);
    const createTime = new Date(found.createdAt);
    return { application: { applicationId: found.id, applicationName: name, createTime } };
  },
} satisfies Handlers<typeof import("@aws-sdk/client-codedeploy"), CallContext>;

export const codedeploy = defineService({
  id: "codedeploy",
  members,
  shown: [applications],
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
      'import { codedeploy } from "./codedeploy/service.ts";\nimport { sts }',
    )
    .replace(/\bsts,?\s*\];/, "codedeploy, sts];");
  expect(row).toMatch(/^import \{ codedeploy \}[^]* codedeploy, sts\];/m);
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
  const client = new CodeDeployClient(cloud.clientConfig);
  try {
    const named = { applicationName: "nightly" };
    const made = await client.send(new CreateApplicationCommand(named));
    expect(made.applicationId).toMatch(/^[0-9a-f-]{36}$/);
    const { application } = await client.send(new GetApplicationCommand(named));
    expect(application).toMatchObject({ ...named, applicationId: made.applicationId });
    await expect(client.send(new CreateApplicationCommand(named))).rejects.toMatchObject({
      name: "ApplicationAlreadyExistsException",
    });
    const tagged = { applicationName: "tagged", tags: [{ Key: "team", Value: "blue" }] };
    await expect(client.send(new CreateApplicationCommand(tagged))).rejects.toThrow(
      "tags of codedeploy:CreateApplication is not implemented",
    );
    await expect(client.send(new ListApplicationsCommand({}))).rejects.toThrow(
      "codedeploy:ListApplications is not implemented",
    );
  } finally {
    client.destroy();
    await cloud.end();
  }
});
