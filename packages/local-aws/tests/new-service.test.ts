import { execFile } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CreateHttpNamespaceCommand,
  GetNamespaceCommand,
  ListNamespacesCommand,
  ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyClone } from "../../../scripts/copy-clone.ts";
import { SpawnedCloud } from "./support/spawned-cloud.ts";

const root = join(import.meta.dirname, "../../..");
const FOLDER = "packages/local-aws/src/services/servicediscovery";
const TABLE = "packages/local-aws/src/services/table.ts";
let scratch: string;
let clone: string;

/** Cloud Map has a model here and no handler yet: a toy of it makes namespaces, and shows them. */
const TOY = {
  "state.ts": `import { defineKind } from "../../store/kind.ts";
import type { Kept } from "../service.ts";

/** Keyed by id. */
export interface Namespace {
  id: string;
  name: string;
  createdAt: number;
}

export const namespaces = defineKind<Namespace>("servicediscovery.namespace");

export const kept: Kept = { shown: [namespaces] };
`,
  "faults.ts": `import { AwsError } from "../../protocol/aws-error.ts";

export const namespaceExists = (name: string) =>
  new AwsError("NamespaceAlreadyExists", \`Namespace already exists: \${name}\`);

export const namespaceMissing = (id: string) =>
  new AwsError("NamespaceNotFound", \`No namespace found: \${id}\`);
`,
  "service.ts": `import type { Handlers } from "../../protocol/typed.ts";
import type { Members } from "../kit/members.ts";
import { defineService, type CallContext } from "../service.ts";
import { namespaceExists, namespaceMissing } from "./faults.ts";
import { namespaces } from "./state.ts";

const members: Members = {
  refused: { CreateHttpNamespaceRequest: "Tags" },
  meaningless: [
    {
      why: ["A toy.", "おもちゃです。"],
      members: { CreateHttpNamespaceRequest: "CreatorRequestId Description" },
    },
  ],
  usedIn: {},
};

const handlers = {
  CreateHttpNamespace({ Name: name }, { clock, store }) {
    const all = store.of(namespaces);
    const id = \`ns-\${name}\`;
    if (all.has(id)) throw namespaceExists(name);
    all.put(id, { id, name, createdAt: clock.now() });
    return { OperationId: id };
  },

  GetNamespace({ Id }, { store }) {
    const found = store.of(namespaces).get(Id);
    if (!found) throw namespaceMissing(Id);
    return {
      Namespace: { Id, Name: found.name, CreateDate: new Date(found.createdAt) },
    };
  },
} satisfies Handlers<typeof import("@aws-sdk/client-servicediscovery"), CallContext>;

export const service = defineService({
  id: "servicediscovery",
  members,
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
      "import { kept as sns }",
      'import { kept as servicediscovery } from "./servicediscovery/state.ts";\nimport { kept as sns }',
    )
    .replace(
      /(?=^ +\{ id: "sns")/m,
      '{ id: "servicediscovery", ...servicediscovery, load: () => import("./servicediscovery/service.ts") },\n',
    );
  expect(row).toMatch(/^import \{ kept as servicediscovery \}[^]*^\{ id: "servicediscovery"/m);
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
  const client = new ServiceDiscoveryClient(cloud.clientConfig);
  try {
    const named = { Name: "nightly" };
    const made = await client.send(new CreateHttpNamespaceCommand(named));
    expect(made.OperationId).toBe("ns-nightly");
    const { Namespace } = await client.send(new GetNamespaceCommand({ Id: "ns-nightly" }));
    expect(Namespace).toMatchObject(named);
    await expect(client.send(new CreateHttpNamespaceCommand(named))).rejects.toMatchObject({
      name: "NamespaceAlreadyExists",
    });
    const tagged = { Name: "tagged", Tags: [{ Key: "team", Value: "blue" }] };
    await expect(client.send(new CreateHttpNamespaceCommand(tagged))).rejects.toThrow(
      "Tags of servicediscovery:CreateHttpNamespace is not implemented",
    );
    await expect(client.send(new ListNamespacesCommand({}))).rejects.toThrow(
      "servicediscovery:ListNamespaces is not implemented",
    );
  } finally {
    client.destroy();
    await cloud.end();
  }
});
