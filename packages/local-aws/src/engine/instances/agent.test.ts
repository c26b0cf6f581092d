import { expect, test } from "vitest";
import { readEcsConfig } from "./agent.ts";

const read = (...lines: string[]) =>
  readEcsConfig(Buffer.from(lines.join("\n")).toString("base64"));

test.each([
  ["echo", ["#!/bin/bash", "echo ECS_CLUSTER=web >> /etc/ecs/ecs.config"]],
  ["quoted echo", ["#!/bin/bash", 'echo "ECS_CLUSTER=web" > /etc/ecs/ecs.config']],
  [
    "a here-document",
    ["#!/bin/bash", "cat <<'EOF' >> /etc/ecs/ecs.config", "ECS_CLUSTER=web", "EOF"],
  ],
  [
    "a part of a MIME text",
    ["Content-Type: text/x-shellscript", "", "echo ECS_CLUSTER=web >> /etc/ecs/ecs.config"],
  ],
])("the cluster of a script with %s", (_way, lines) => {
  expect(read(...lines).cluster).toBe("web");
});

test("the other settings", () => {
  const { attributes, reservedMemoryMiB } = read(
    "cat <<'EOF' >> /etc/ecs/ecs.config",
    'ECS_INSTANCE_ATTRIBUTES={"stack": "prod", "tier": "web"}',
    "ECS_RESERVED_MEMORY=256",
    "EOF",
  );
  expect(attributes).toEqual([
    { name: "stack", value: "prod" },
    { name: "tier", value: "web" },
  ]);
  expect(reservedMemoryMiB).toBe(256);
});

test("without user data, or where they leave the agent's file alone, the cluster is the default one", () => {
  expect(readEcsConfig(undefined).cluster).toBe("default");
  expect(read("#!/bin/bash", "export ECS_CLUSTER=web").cluster).toBe("default");
});
