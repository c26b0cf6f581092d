import { RunTaskCommand, StopTaskCommand, type RunTaskCommandInput } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TaskCloud } from "./testing/task-cloud.ts";

/** Prints what it was given and ends with the code that it was told. */
const PROGRAM = `
process.on("SIGTERM", () => process.exit(0));
console.log(JSON.stringify(process.env));
if (process.argv[2] === "wait") setInterval(() => {}, 1000);
else process.exitCode = Number(process.argv[2] ?? 0);
`;

const FROM_DEFINITION = [
  { name: "A", value: "definition" },
  { name: "B", value: "definition" },
];

let cloud: TaskCloud;
let image: string;
let definition: string;

beforeAll(async () => {
  cloud = await TaskCloud.start();
  image = await cloud.push("program", {
    files: { "app/main.js": PROGRAM },
    config: { Cmd: ["node", "/app/main.js"], WorkingDir: "/app", Env: ["FROM_IMAGE=yes"] },
  });
  definition = await cloud.define("program", [
    { name: "main", image, environment: FROM_DEFINITION, logConfiguration: cloud.logTo() },
  ]);
});
afterAll(async () => {
  expect(cloud.test.errors).toEqual([]);
  await cloud.stop();
});

async function run(more: Partial<RunTaskCommandInput> = {}): Promise<string> {
  const { tasks } = await cloud.ecs.send(
    new RunTaskCommand({
      cluster: "c",
      taskDefinition: definition,
      launchType: "FARGATE",
      networkConfiguration: cloud.network,
      ...more,
    }),
  );
  return tasks![0]!.taskArn!;
}

const reaches = (arn: string, status: string) =>
  vi.waitFor(
    async () => {
      const task = await cloud.task(arn);
      expect(task.lastStatus).toBe(status);
      return task;
    },
    { timeout: 60_000, interval: 20 },
  );

const command = (...words: string[]) => ({
  containerOverrides: [{ name: "main", command: ["node", "/app/main.js", ...words] }],
});

test("a standalone task runs its command with overrides and stops with its exit code", async () => {
  const arn = await run({ overrides: command("3") });
  const task = await reaches(arn, "STOPPED");
  expect(task).toMatchObject({
    desiredStatus: "STOPPED",
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
    group: "family:program",
    launchType: "FARGATE",
    platformVersion: "1.4.0",
  });
  expect(task.containers![0]).toMatchObject({ lastStatus: "STOPPED", exitCode: 3 });
  const times = [
    task.createdAt,
    task.pullStartedAt,
    task.pullStoppedAt,
    task.startedAt,
    task.executionStoppedAt,
    task.stoppedAt,
  ].map((time) => time!.getTime());
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test("a task that is stopped gets SIGTERM and says who stopped it and why", async () => {
  const arn = await run({ overrides: command("wait") });
  const running = await reaches(arn, "RUNNING");
  await vi.waitFor(async () => expect(await cloud.lines(arn)).toHaveLength(1), { timeout: 60_000 });
  expect(running.attachments![0]).toMatchObject({
    type: "ElasticNetworkInterface",
    status: "ATTACHED",
  });
  await cloud.ecs.send(new StopTaskCommand({ cluster: "c", task: arn, reason: "enough" }));
  const task = await reaches(arn, "STOPPED");
  expect(task).toMatchObject({ stopCode: "UserInitiated", stoppedReason: "enough" });
  expect(task.containers![0]!.exitCode).toBe(0);
  expect(task.attachments![0]!.status).toBe("DELETED");
});

test("a task that is stopped while a container waits for another stops, and says who stopped it", async () => {
  const waits = { containerName: "first", condition: "COMPLETE" } as const;
  const definition = await cloud.define("waiting", [
    {
      name: "first",
      image,
      command: ["node", "/app/main.js", "wait"],
      essential: false,
      logConfiguration: cloud.logTo(),
    },
    { name: "main", image, dependsOn: [waits] },
  ]);
  const arn = await run({ taskDefinition: definition });
  await vi.waitFor(async () => expect(await cloud.lines(arn)).toHaveLength(1), { timeout: 60_000 });
  await cloud.ecs.send(new StopTaskCommand({ cluster: "c", task: arn, reason: "too long" }));
  const task = await reaches(arn, "STOPPED");
  expect(task).toMatchObject({ stopCode: "UserInitiated", stoppedReason: "too long" });
  expect(task.containers!.find(({ name }) => name === "first")).toMatchObject({ exitCode: 0 });
  expect(task.startedAt).toBeUndefined();
});

test("a container's environment is the image's, the definition's, the override's and ECS's own", async () => {
  const environment = [{ name: "B", value: "override" }];
  const arn = await run({ overrides: { containerOverrides: [{ name: "main", environment }] } });
  await reaches(arn, "STOPPED");
  const [line] = await cloud.lines(arn);
  expect(JSON.parse(line!)).toMatchObject({
    FROM_IMAGE: "yes",
    A: "definition",
    B: "override",
    AWS_REGION: "ap-northeast-1",
    AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
    ECS_CONTAINER_METADATA_URI_V4: expect.stringContaining("/v4/"),
  });
});

test("RunTask with a token that was used answers with the same task", async () => {
  const first = await run({ clientToken: "once", overrides: command("0") });
  expect(await run({ clientToken: "once", overrides: command("0") })).toBe(first);
});
