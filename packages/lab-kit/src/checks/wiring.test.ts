import { expect, test } from "vitest";

import type { SynthContext } from "../check.ts";
import { SynthReader } from "../synth-reader.ts";
import type { SynthResource } from "../synth-reader.ts";
import { GO_APP } from "../web-app.ts";
import { containerOf, containersOf, listed, taskDefinitionsOf } from "./wiring.ts";

function resource(type: string, attributes: Record<string, unknown>): SynthResource {
  return {
    stack: "service",
    kind: "resource",
    type,
    name: "it",
    address: `${type}.it`,
    attributes,
  };
}

function task(definitions: unknown): SynthResource {
  return resource("aws_ecs_task_definition", { container_definitions: definitions });
}

function context(...resources: SynthResource[]): SynthContext {
  const synth = new SynthReader(resources);
  return { owner: "hanako", region: "ap-northeast-1", homeCidr: "203.0.113.7/32", synth };
}

const REPOSITORY = resource("aws_ecr_repository", { name: "golang-app-hanako" });

test.each([
  "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/golang-app-hanako:v1",
  "127.0.0.1:4566/golang-app-hanako:v1",
  `127.0.0.1:4566/golang-app-hanako@sha256:${"0".repeat(64)}`,
  "${aws_ecr_repository.it.repository_url}:v1",
])("takes %s for an image of the Go app", (image) => {
  const definition = task(JSON.stringify([{ name: "go-app", image }]));
  expect(taskDefinitionsOf(context(REPOSITORY, definition), GO_APP)).toEqual([definition]);
});

test.each([
  "127.0.0.1:4566/nodejs-app-hanako:v1",
  "127.0.0.1:4566/golang-app-taro:v1",
  "127.0.0.1:4566/my-golang-app-hanako:v1",
  "golang",
])("takes %s for another image", (image) => {
  const definition = task(JSON.stringify([{ name: "go-app", image }]));
  expect(taskDefinitionsOf(context(REPOSITORY, definition), GO_APP)).toEqual([]);
});

test("reads what a container definition says", () => {
  const definition = {
    name: "go-app",
    image: "golang",
    memory: 512,
    portMappings: [{ containerPort: 8080 }, { containerPort: 9090, hostPort: 9091 }],
    environment: [{ name: "PORT", value: "8080" }],
    secrets: [{ name: "PASSWORD", valueFrom: "arn:aws:ssm:a:1:parameter/password" }],
    healthCheck: { command: ["CMD", "/app", "--check"] },
    systemControls: [{ namespace: "net.core.somaxconn", value: "1024" }],
    essential: false,
    entryPoint: ["sh", "-c"],
    command: ["/app"],
    dependsOn: [{ containerName: "configure", condition: "SUCCESS" }],
    mountPoints: [{ sourceVolume: "conf", containerPath: "/conf" }],
    linuxParameters: { initProcessEnabled: true },
    logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/ecs/go" } },
  };
  expect(containersOf(task(JSON.stringify([definition])))).toEqual([
    {
      name: "go-app",
      image: "golang",
      memory: 512,
      ports: [8080, 9090],
      hostPorts: [0, 9091],
      environment: new Map([["PORT", "8080"]]),
      secrets: new Map([["PASSWORD", "arn:aws:ssm:a:1:parameter/password"]]),
      healthCheck: ["CMD", "/app", "--check"],
      systemControls: new Map([["net.core.somaxconn", "1024"]]),
      isEssential: false,
      command: ["sh", "-c", "/app"],
      dependsOn: [{ container: "configure", condition: "SUCCESS" }],
      mounts: [{ volume: "conf", path: "/conf" }],
      hasInit: true,
      logDriver: "awslogs",
      logOptions: { "awslogs-group": "/ecs/go" },
    },
  ]);
});

test("takes the container of that name where several run one image, and the default for what is not said", () => {
  const image = "127.0.0.1:4566/golang-app-hanako:v1";
  const definition = task(
    JSON.stringify([
      { name: "configure", image },
      { name: "go-app", image },
    ]),
  );
  expect(containerOf(context(REPOSITORY, definition), GO_APP, definition)).toMatchObject({
    name: "go-app",
    isEssential: true,
    hasInit: false,
    mounts: [],
  });
});

test.each(["${file(var.definitions)}", "{}", undefined])(
  "does not pretend to read %s",
  (definitions) => {
    expect(containersOf(task(definitions))).toBeUndefined();
  },
);

test("reads the containers of Fn.jsonencode as well", () => {
  const definition = task(
    '${jsonencode([{"name" = "go-app", "image" = "127.0.0.1:4566/golang-app-hanako:v1"}])}',
  );
  expect(taskDefinitionsOf(context(definition), GO_APP)).toEqual([definition]);
});

test("lists names for people", () => {
  expect([listed([]), listed(["a"]), listed(["a", "b", "c"])]).toEqual([
    { en: "nothing", ja: "なし" },
    { en: "a", ja: "a" },
    { en: "a, b and c", ja: "a、b、c" },
  ]);
});
