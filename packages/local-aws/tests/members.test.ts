import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readMembers } from "../scripts/members/read-members.ts";
import { ServiceIndex } from "../src/protocol/service-index.ts";
import { modelled } from "../src/protocol/service-id.ts";
import { MemberAccounts } from "../src/services/kit/members.ts";
import { walkMembers, type WalkedMember } from "../src/services/kit/walk-members.ts";
import { DEFINITION_FIELDS, fieldRow } from "../src/services/ecs/fields/definition-fields.ts";
import type { Service } from "../src/services/service.ts";
import { loadAll } from "../src/services/table.ts";

const source = join(import.meta.dirname, "../src");
const index = new ServiceIndex();
const services = await loadAll();

function membersOf({ id, accounts, ...service }: Service): WalkedMember[] {
  const model = index.model(id);
  const names = Object.keys({ ...service.handlers, ...service.streaming });
  return names.flatMap((name) => [...walkMembers(model.operation(name)!, accounts)]);
}

test("each member of each operation's input is used, refused by name, or without meaning for a reason", () => {
  const read = readMembers();
  const lost = services.flatMap((service) => {
    const { client } = modelled(service.id);
    return membersOf(service)
      .filter(({ account, key }) => !account && !read.has(`client-${client} ${key}`))
      .map(({ key }) => `${service.id} ${key}`);
  });
  expect([...new Set(lost)].sort()).toEqual([]);
});

test.each(services.map((service) => [service.id, service] as const))(
  "%s accounts for nothing that its operations do not have",
  (_id, service) => {
    const walked = membersOf(service);
    const seen = new Set(
      walked.flatMap(({ key, path }) => (path.includes(".") ? [key] : [key, `*.${path}`])),
    );
    const stale = service.accounts.keys.filter((key) => !seen.has(key));
    expect(stale).toEqual([]);
  },
);

test("each field of a task definition has a row in the table of them, and no row is of another", () => {
  const none = new MemberAccounts({ refused: {}, meaningless: [], usedIn: {} });
  const model = index.model("ecs").operation("RegisterTaskDefinition")!;
  const paths = [...walkMembers(model, none)].map(({ path }) => path);
  const lost = paths.filter((path) => path !== "containerDefinitions" && !fieldRow(path));
  expect(lost).toEqual([]);
  expect([...DEFINITION_FIELDS.keys()].filter((path) => !paths.includes(path))).toEqual([]);
});

test("what is used where the compiler does not see it is in the file that is named", () => {
  for (const { id, members } of services)
    for (const [file, names] of Object.entries(members.usedIn)) {
      const own = join(source, "services", id, file);
      const read = readFileSync(existsSync(own) ? own : join(source, file), "utf8");
      const lists = Object.values(names);
      // That a service's own file has the table says nothing.
      const text = lists.reduce((left, list) => left.replaceAll(`"${list}"`, ""), read);
      for (const name of lists.flatMap((list) => list.split(" ")))
        // A checksum's member is put together from its algorithm's name.
        expect(text, `${file} of ${id}`).toMatch(
          new RegExp(`\\b(?:${name}|${name.replace(/^Checksum/, "")})\\b`),
        );
    }
});
