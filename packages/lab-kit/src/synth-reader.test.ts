import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { blocksOf, SynthReader, SynthReadError } from "./synth-reader.ts";

const SERVICE = {
  resource: {
    aws_ecs_cluster: { main: { name: "workbook" } },
    aws_ecs_service: {
      "go-service": {
        cluster: "${aws_ecs_cluster.main.arn}",
        tags: { Also: "${data.aws_region.now.name}" },
      },
      node: { cluster: "arn:aws:ecs:elsewhere" },
    },
  },
  data: { aws_region: { now: {} } },
};

function written(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), "synth-reader-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, name, ".."), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

function reader(): SynthReader {
  return SynthReader.fromDirectory(
    written({
      "manifest.json": JSON.stringify({ stacks: { service: {} } }),
      "stacks/service/cdk.tf.json": JSON.stringify(SERVICE),
      "stacks/stale/cdk.tf.json": JSON.stringify(SERVICE),
    }),
  );
}

test("puts stacks behind those that they need, repositories before all, and tells where their states are", () => {
  const backend = (key: string) => ({
    terraform: { backend: { s3: { key, use_lockfile: true } } },
  });
  const needs = (...dependencies: string[]) => ({ dependencies });
  const { stacks } = SynthReader.fromDirectory(
    written({
      "manifest.json": JSON.stringify({
        stacks: {
          alarms: needs("service"),
          images: needs(),
          service: needs("network"),
          network: needs(),
        },
      }),
      "stacks/alarms/cdk.tf.json": JSON.stringify(backend("a")),
      "stacks/images/cdk.tf.json": JSON.stringify(backend("i")),
      "stacks/service/cdk.tf.json": JSON.stringify(SERVICE),
      "stacks/network/cdk.tf.json": JSON.stringify(backend("n")),
    }),
  );
  expect(stacks.map(({ id }) => id)).toEqual(["images", "network", "service", "alarms"]);
  expect(stacks.map((stack) => stack.needs)).toEqual([[], [], ["network"], ["service"]]);
  expect(stacks.map((stack) => stack.backend)).toEqual([
    { key: "i", use_lockfile: true },
    { key: "n", use_lockfile: true },
    {},
    { key: "a", use_lockfile: true },
  ]);
});

test("reads the stacks that the manifest lists, and no stale ones", () => {
  expect(reader().resources.map(({ stack, address }) => `${stack} ${address}`)).toEqual([
    "service aws_ecs_cluster.main",
    "service aws_ecs_service.go-service",
    "service aws_ecs_service.node",
    "service data.aws_region.now",
  ]);
});

test("follows references, through data sources as well, at any depth", () => {
  const synth = reader();
  const [service] = synth.all("aws_ecs_service");
  if (service === undefined) throw new Error("unreachable");
  expect(synth.referredToBy(service, service.attributes).map(({ address }) => address)).toEqual([
    "aws_ecs_cluster.main",
    "data.aws_region.now",
  ]);
});

test("finds who refers to a resource", () => {
  const synth = reader();
  const [cluster] = synth.all("aws_ecs_cluster");
  if (cluster === undefined) throw new Error("unreachable");
  expect(synth.referringTo(cluster, "aws_ecs_service", "cluster").map(({ name }) => name)).toEqual([
    "go-service",
  ]);
});

test("takes text that only looks like a reference for text", () => {
  const synth = new SynthReader([
    {
      stack: "s",
      kind: "resource",
      type: "aws_vpc",
      name: "vpc",
      address: "aws_vpc.vpc",
      attributes: {},
    },
    {
      stack: "s",
      kind: "resource",
      type: "aws_x",
      name: "x",
      address: "aws_x.x",
      attributes: { a: "aws_vpc.vpc.id" },
    },
  ]);
  const [other] = synth.all("aws_x");
  expect(other && synth.referredToBy(other, other.attributes["a"])).toEqual([]);
});

test("reads a block whether it was written once or as a list", () => {
  expect(blocksOf({ a: { b: 1 } }, "a")).toEqual([{ b: 1 }]);
  expect(blocksOf({ a: [{ b: 1 }, { b: 2 }] }, "a")).toEqual([{ b: 1 }, { b: 2 }]);
  expect(blocksOf({}, "a")).toEqual([]);
});

test("names the file that is missing or is not JSON", () => {
  expect(() => SynthReader.fromDirectory("/nowhere")).toThrow(
    /\/nowhere\/manifest\.json cannot be read/,
  );
  const empty = written({ "manifest.json": JSON.stringify({ stacks: {} }) });
  expect(() => SynthReader.fromDirectory(empty)).toThrow("lists no stacks");
  const broken = written({ "manifest.json": '{"stacks":{"a":{}}}', "stacks/a/cdk.tf.json": "{" });
  expect(() => SynthReader.fromDirectory(broken)).toThrow(SynthReadError);
});
