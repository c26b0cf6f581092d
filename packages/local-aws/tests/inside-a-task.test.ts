import { createRequire } from "node:module";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { StopTaskCommand, type Task } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TaskCloud } from "../src/engine/scheduler/testing/task-cloud.ts";

/** Tells, one JSON line each, what a program in a task sees of ECS: by plain HTTP, and by the SDK in its defaults. */
const PROGRAM = `
  const say = (what, value) => console.log(JSON.stringify({ what, value }));
  const { GetCallerIdentityCommand, STSClient } = require(process.env.STS_SDK);
  process.on("SIGTERM", () => { say("bye"); process.exit(0); });
  (async () => {
    say("environment", process.env);
    const uri = process.env.ECS_CONTAINER_METADATA_URI_V4;
    const identity = await new STSClient({}).send(new GetCallerIdentityCommand({}));
    say("identity", identity.Arn);
    for (;;) {
      const task = await (await fetch(uri + "/task")).json();
      if (task.KnownStatus === "RUNNING") { say("task", task); break; }
    }
    say("container", await (await fetch(uri)).json());
    console.error("status=500 on stderr");
    say("ready");
    setInterval(() => {}, 1000);
  })();
`;

const GROUP = "/ecs/inside";

let cloud: TaskCloud;
let logs: CloudWatchLogsClient;
let task: Task;

beforeAll(async () => {
  cloud = await TaskCloud.start();
  logs = new CloudWatchLogsClient(cloud.test.clientConfig);
  await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
  const sdk = createRequire(import.meta.url).resolve("@aws-sdk/client-sts");
  const image = await cloud.push("inside", {
    files: { "app/main.js": PROGRAM },
    config: { Cmd: ["node", "main.js"], WorkingDir: "/app" },
  });
  const options = {
    "awslogs-group": GROUP,
    "awslogs-region": cloud.test.clientConfig.region,
    "awslogs-stream-prefix": "app",
  };
  const taskDefinition = await cloud.define(
    "inside",
    [
      {
        name: "main",
        image,
        environment: [{ name: "STS_SDK", value: sdk }],
        logConfiguration: { logDriver: "awslogs", options },
      },
    ],
    { taskRoleArn: await cloud.role("inside-task") },
  );
  task = await cloud.run(taskDefinition);
  await vi.waitFor(async () => expect(await lines('"ready"')).toHaveLength(1), {
    timeout: 60_000,
    interval: 50,
  });
});
afterAll(async () => {
  logs.destroy();
  await cloud.stop();
  expect(cloud.test.errors).toEqual([]);
});

const taskId = () => task.taskArn!.split("/").at(-1)!;

async function lines(filterPattern: string): Promise<string[]> {
  const { events } = await logs.send(
    new FilterLogEventsCommand({ logGroupName: GROUP, filterPattern }),
  );
  return events!.map(({ message }) => message!);
}

async function told(what: string): Promise<unknown> {
  const [line] = await lines(`{ $.what = "${what}" }`);
  return (JSON.parse(line!) as { value: unknown }).value;
}

test("its lines are in a stream of prefix, container and task, both outputs, in order", async () => {
  const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: GROUP }));
  expect(new Set(events!.map(({ logStreamName }) => logStreamName))).toEqual(
    new Set([`app/main/${taskId()}`]),
  );
  expect(await lines("{ $.what = ready }")).toEqual(['{"what":"ready"}']);
  expect(await lines('"status=500"')).toEqual(["status=500 on stderr"]);
});

test("it has ECS's environment and none of the server's", async () => {
  const environment = (await told("environment")) as Record<string, string>;
  expect(environment).toMatchObject({
    AWS_ENDPOINT_URL: cloud.test.endpoint,
    AWS_REGION: "ap-northeast-1",
    AWS_DEFAULT_REGION: "ap-northeast-1",
    AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
    HOSTNAME: expect.stringMatching(/^ip-\d+-\d+-\d+-\d+\.ap-northeast-1\.compute\.internal$/),
  });
  expect(Object.keys(environment)).not.toContain("VITEST");
  expect(Object.keys(environment)).not.toContain("USER");
});

test("the SDK finds the task role's credentials by itself", async () => {
  expect(await told("identity")).toBe(
    `arn:aws:sts::${cloud.test.cloud.credentials.accountId}:assumed-role/inside-task/${taskId()}`,
  );
});

test("the metadata endpoint tells it who and where it is", async () => {
  const described = await cloud.task(task.taskArn!);
  const container = described.containers![0]!;
  const seen = (await told("task")) as { Containers: object[] };
  expect(seen).toMatchObject({
    TaskARN: task.taskArn,
    Family: "inside",
    Revision: "1",
    AvailabilityZone: described.availabilityZone,
    LaunchType: "FARGATE",
    Limits: { CPU: 0.25, Memory: 512 },
  });
  expect(await told("container")).toEqual(seen.Containers[0]);
  expect(await told("container")).toMatchObject({
    DockerId: container.runtimeId,
    ContainerARN: container.containerArn,
    ImageID: container.imageDigest,
    LogOptions: { "awslogs-stream": `app/main/${taskId()}` },
    Networks: [
      {
        IPv4Addresses: [container.networkInterfaces![0]!.privateIpv4Address],
        NetworkMode: "awsvpc",
      },
    ],
  });
});

test("what it says when it is stopped is there when it has STOPPED, and its endpoint is gone", async () => {
  const environment = (await told("environment")) as Record<string, string>;
  await cloud.ecs.send(new StopTaskCommand({ cluster: "c", task: task.taskArn! }));
  await vi.waitFor(
    async () => expect((await cloud.task(task.taskArn!)).lastStatus).toBe("STOPPED"),
    { timeout: 60_000, interval: 20 },
  );
  expect(await lines("{ $.what = bye }")).toHaveLength(1);
  expect((await fetch(environment["ECS_CONTAINER_METADATA_URI_V4"]!)).status).toBe(404);
  expect((await fetch(environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]!)).status).toBe(404);
});
