import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelled, SERVICE_IDS } from "../src/protocol/service-id.ts";
import { defineService, type CallContext } from "../src/services/service.ts";
import { loadAll, SERVICES } from "../src/services/table.ts";
import { Store } from "../src/store/store.ts";

const folder = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(folder, file), "utf8");

test("every row has its model, and the client that the model is made from", () => {
  const rows = JSON.parse(read("src/models/services.json")) as Record<string, unknown>;
  expect(Object.keys(rows).toSorted()).toEqual(SERVICE_IDS.toSorted());
  const { devDependencies } = JSON.parse(read("package.json")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  for (const id of SERVICE_IDS) {
    expect(globSync(`src/models/${id}.json`, { cwd: folder })).toHaveLength(1);
    expect(devDependencies).toHaveProperty([`@aws-sdk/client-${modelled(id).client}`]);
  }
});

test("every folder with a service in it is in the table", () => {
  const folders = globSync("src/services/*/service.ts", { cwd: folder }).map(
    (file) => file.split("/")[2]!,
  );
  expect(SERVICES.map(({ id }) => id).toSorted()).toEqual(folders.toSorted());
});

test("infra sends every service here, and no other", () => {
  const text = readFileSync(join(folder, "../../infra/src/provider-endpoints.ts"), "utf8");
  const [list = ""] = /\[[^\]]*\]/.exec(text) ?? [];
  const names = SERVICE_IDS.map((id) => modelled(id).terraform ?? id).toSorted();
  expect(Array.from(list.matchAll(/"([^"]+)"/g), ([, name]) => name)).toEqual(names);
});

test("whoever asks for what is not there, or for no resource at all, is told of the right that is missing", async () => {
  const store = Store.open(":memory:");
  const [account, region] = ["123456789012", "us-east-1"];
  const scope = store.scope(account, region);
  const context = { store: scope, cloud: store, account, region } as CallContext;
  for (const { id, rights } of await loadAll()) {
    if (rights === undefined || rights === "own") continue;
    const { prefix, tagsOf, policyOf } = rights;
    for (const resource of ["*", `arn:aws:${prefix}:${region}:${account}:none/none:none`]) {
      expect(() => tagsOf?.(resource, context), `${id}: tags of ${resource}`).not.toThrow();
      expect(() => policyOf?.(resource, context), `${id}: policy of ${resource}`).not.toThrow();
    }
  }
  store.close();
});

test("a picture shows each kind of resource once", () => {
  const names = SERVICES.flatMap(({ shown = [] }) => shown.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("ecs.task");
});

test("each row leads to its service, and says whether that gives accounts something from the start", async () => {
  const services = await loadAll();
  expect(services.map(({ id }) => id)).toEqual(SERVICES.map(({ id }) => id));
  const seeding = services.filter(({ seed }) => seed).map(({ id }) => id);
  expect(SERVICES.filter(({ seeds }) => seeds).map(({ id }) => id)).toEqual(seeding);
});

test("a service with two handlers for an operation, or two accounts of a member, is refused", async () => {
  const [service] = await loadAll();
  const [operation] = Object.keys(service!.handlers);
  expect(() => defineService({ ...service!, streaming: { [operation!]: () => ({}) } })).toThrow(
    "has two handlers",
  );
  const refused = { CreateVpcRequest: "CidrBlock CidrBlock" };
  expect(() =>
    defineService({ ...service!, members: { refused, meaningless: [], usedIn: {} } }),
  ).toThrow("is accounted for twice");
});
