import { expect, test } from "vitest";
import { fieldsOf } from "./protobuf.ts";
import { isUnknownType, namesIn, trimSchema } from "./schema.ts";

/** A field in wire format: length-delimited. */
function field(number: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

const entry = (map: number, name: string) =>
  field(map, Buffer.concat([field(1, name), field(2, `schema of ${name}, ${"x".repeat(200)}`)]));

test("keeps the types that are named, in all three maps, and everything that is no type", () => {
  const provider = field(1, "the provider's own schema");
  const functions = entry(7, "arn_parse");
  const kept = [entry(2, "aws_vpc"), entry(3, "aws_vpc"), entry(8, "aws_secret")];
  const message = Buffer.concat([
    provider,
    ...kept,
    entry(2, "aws_vpc_endpoint"),
    entry(3, "aws_region"),
    functions,
  ]);
  const trimmed = trimSchema(message, new Set(["aws_vpc", "aws_secret"]));
  expect(trimmed).toEqual(Buffer.concat([provider, ...kept, functions]));
});

test("reads every kind of field, and says so where bytes are no message", () => {
  const number = Buffer.from([0x08, 0x96, 0x01]);
  const fixed64 = Buffer.concat([Buffer.from([0x11]), Buffer.alloc(8)]);
  const fixed32 = Buffer.concat([Buffer.from([0x1d]), Buffer.alloc(4)]);
  const message = Buffer.concat([number, fixed64, fixed32, field(300, "text")]);
  expect([...fieldsOf(message)].map((each) => each.number)).toEqual([1, 2, 3, 300]);
  expect(() => [...fieldsOf(message.subarray(0, -1))]).toThrow("field 300 ends after its message");
  expect(() => [...fieldsOf(Buffer.from([0x0b]))]).toThrow("wire type");
  expect(() => [...fieldsOf(Buffer.from([0x80]))]).toThrow("a number ends");
});

test("finds the names of types in Terraform's language, its JSON and states", () => {
  const hcl = `resource "aws_ecs_cluster" "this" { setting = data.aws_vpc.main.id }`;
  expect(namesIn(hcl)).toEqual(new Set(["aws_ecs_cluster", "aws_vpc"]));
  expect(namesIn(`{"resources":[{"type":"aws_lb","name":"a"}]}`)).toEqual(new Set(["aws_lb"]));
});

test("knows what Terraform says of a type that it has no schema for", () => {
  const said = [
    'The provider hashicorp/aws does not support resource type "aws_ecs_cluster".',
    '│ The provider hashicorp/aws does not support data\n│ source\n│ "aws_caller_identity".',
    "no schema available for aws_ecs_cluster.a while reading state; this is a bug in Terraform",
    "Failed to marshal plan to json: no schema found for aws_ecs_cluster.a (in provider …)",
    "ChangesSrc.Decode: missing schema for aws_ecs_cluster.a",
  ];
  expect(said.filter((text) => !isUnknownType(text))).toEqual([]);
  expect(isUnknownType('An argument named "nmae" is not expected here.')).toBe(false);
});
