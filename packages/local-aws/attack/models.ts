import type {
  ListShape,
  MapShape,
  Member,
  Shape,
  SimpleShape,
  StructShape,
} from "../src/protocol/model.ts";
import type { OperationModel } from "../src/protocol/model.ts";
import { ServiceIndex } from "../src/protocol/service-index.ts";
import type { ServiceId } from "../src/protocol/service-id.ts";
import type { SignedCall } from "../src/server/testing/signed-call.ts";
import { loadAll } from "../src/services/table.ts";
import { Caller } from "./calls.ts";
import { Chance, inParallel, note, type Generator } from "./outcome.ts";

const MAX_DEPTH = 5;
/** Few names, so that calls meet the resources of others. */
const TEXTS = [
  "a",
  "web",
  "default",
  "",
  " ",
  "x".repeat(300),
  "é日本",
  "*",
  "%a*b%",
  "{ $.a = 1 }",
  "[a, ...]",
  "..",
  "../../etc/passwd",
  "__proto__",
  "constructor",
  "10.0.0.0/16",
  "10.0.0.0/99",
  "vpc-00000000000000000",
  "-1",
  "1e999",
  "null",
  "true",
  "{}",
  "[]",
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  "arn:aws:ecs:us-east-1:123456789012:cluster/a",
  "arn:aws:iam::123456789012:role/a",
  "arn:",
  "arn:aws:x",
  "\u0000",
  "<a>&amp;",
  "'\"",
  "\ud800",
] as const;
const NUMBERS = [0, 1, -1, 2, 80, 256, 512, 65_536, 2 ** 31, 2 ** 53, -(2 ** 31), 1.5, 1e300];
const STRANGE: readonly unknown[] = [
  null,
  5,
  "x",
  [],
  {},
  [null],
  [[]],
  [{}],
  { a: {} },
  true,
  -1,
  JSON.parse('{"__proto__":{"a":1}}'),
];

interface Tried {
  readonly service: ServiceId;
  readonly operation: OperationModel;
}

/** Calls of all operations that there are, with members by chance, a third of them of no right kind. */
export const models: Generator = {
  name: "calls by the models",
  tries: { full: 200_000, short: 400 },
  mostSeconds: 170,
  run: async (target, tries, outcome) => {
    const index = new ServiceIndex();
    const all = await operations(index);
    const caller = new Caller(target);
    await inParallel(models, tries, async (at) => {
      const chance = new Chance(at);
      const tried = all[at % all.length]!;
      const call = callOf(index, tried, chance);
      const { status } = await caller.send(call);
      const what = `${tried.service}:${tried.operation.name} ${call.path ?? ""} ${String(call.body)}`;
      note(outcome, status, what.slice(0, 400));
    });
    caller.close();
  },
};

async function operations(index: ServiceIndex): Promise<Tried[]> {
  return (await loadAll()).flatMap(({ id, handlers, streaming }) => {
    const service = id as ServiceId;
    const names = Object.keys({ ...handlers, ...streaming });
    return names.flatMap((name) => {
      const operation = index.model(service).operation(name);
      return operation ? [{ service, operation }] : [];
    });
  });
}

function callOf(index: ServiceIndex, { service, operation }: Tried, chance: Chance): SignedCall {
  const { protocols, signingName, target, version } = index.row(service);
  const values = structOf(operation.input, chance, 0);
  if (protocols[0] === "restXml") return restCall(signingName, operation, values, chance);
  if (protocols.includes("awsJson1.1") || protocols.includes("awsJson1.0")) {
    const type = protocols.includes("awsJson1.1") ? "1.1" : "1.0";
    const headers = {
      "content-type": `application/x-amz-json-${type}`,
      "x-amz-target": `${target}.${operation.name}`,
    };
    return { service: signingName, headers, body: JSON.stringify(values) };
  }
  const form = new URLSearchParams({ Action: operation.name, Version: version });
  flatten("", values, form);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return { service: signingName, headers, body: form.toString() };
}

function flatten(prefix: string, value: unknown, form: URLSearchParams): void {
  if (typeof value !== "object" || value === null) return form.set(prefix, textOf(value));
  for (const [name, inner] of Object.entries(value)) {
    const step = Array.isArray(value) ? String(Number(name) + 1) : name;
    flatten(prefix === "" ? step : `${prefix}.${step}`, inner, form);
  }
}

function restCall(
  service: string,
  operation: OperationModel,
  values: Record<string, unknown>,
  chance: Chance,
): SignedCall {
  const http = operation.http!;
  const [path = "/", query = ""] = http.uri.split("?");
  const label = (name: string) => encodeURIComponent(textOf(values[name] ?? "a"));
  const hasBucket = operation.input.byName.has("Bucket") && !http.uri.includes("{Bucket}");
  const filled = `${hasBucket ? `/${label("Bucket")}` : ""}${path}`.replace(
    /\{(\w+)\+?\}/g,
    (_all, name: string) => label(name),
  );
  const asked = new URLSearchParams(query);
  const headers: Record<string, string> = {};
  for (const { name, binding, bindingName } of operation.input.members) {
    const value = values[name];
    if (value === undefined) continue;
    if (binding === "query") asked.set(bindingName, textOf(value));
    if (
      binding === "header" &&
      /^[\x20-\x7e]*$/.test(textOf(value)) &&
      bindingName.startsWith("x-amz-")
    )
      headers[bindingName] = textOf(value);
  }
  const body = ["PUT", "POST"].includes(http.method)
    ? chance.one(["", "<a/>", "<Delete><Object><Key>a</Key></Object></Delete>", "<", "x"])
    : "";
  const search = asked.toString();
  return {
    service,
    method: http.method,
    path: search === "" ? filled : `${filled}?${search}`,
    headers,
    body,
  };
}

function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.toWellFormed();
}

function structOf(shape: StructShape, chance: Chance, depth: number): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const member of shape.members) {
    const isThere = member.required ? chance.often(95) : chance.often(depth === 0 ? 35 : 20);
    if (isThere) values[member.name] = memberOf(member, chance, depth);
  }
  return values;
}

function memberOf({ shape }: Member, chance: Chance, depth: number): unknown {
  return chance.often(8) ? chance.one(STRANGE) : valueOf(shape, chance, depth + 1);
}

function valueOf(shape: Shape, chance: Chance, depth: number): unknown {
  if (depth > MAX_DEPTH) return chance.one(STRANGE);
  if ("members" in shape) return structOf(shape, chance, depth);
  if ("item" in shape) return listOf(shape, chance, depth);
  if ("key" in shape) return mapOf(shape as MapShape, chance, depth);
  return simpleOf(shape as SimpleShape, chance);
}

function listOf({ item }: ListShape, chance: Chance, depth: number): unknown[] {
  return Array.from({ length: chance.below(4) }, () => valueOf(item, chance, depth + 1));
}

function mapOf({ value }: MapShape, chance: Chance, depth: number): Record<string, unknown> {
  return { [chance.one(TEXTS)]: valueOf(value, chance, depth + 1) };
}

function simpleOf({ kind, enum: values }: SimpleShape, chance: Chance): unknown {
  if (values && chance.often(80)) return chance.one(values);
  if (kind === "boolean") return chance.often(50);
  return ["integer", "long", "float", "double", "number", "timestamp"].includes(kind)
    ? chance.one(NUMBERS)
    : chance.one(TEXTS);
}
