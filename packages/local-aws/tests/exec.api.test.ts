import {
  CreateServiceCommand,
  ExecuteCommandCommand,
  UpdateClusterCommand,
  type ExecuteCommandConfiguration,
  type ExecuteCommandCommandInput,
  type RunTaskCommandInput,
} from "@aws-sdk/client-ecs";
import { FilterLogEventsCommand, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateVpcEndpointCommand,
  DescribeRouteTablesCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ManualClock } from "../src/clock/manual-clock.ts";
import { TaskCloud } from "../src/engine/scheduler/testing/task-cloud.ts";
import { execSessions } from "../src/services/ecs/state.ts";
import { allowExec, Session } from "./support/exec-session.ts";

const NEEDS_ROLE =
  "because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.";
const NOT_ENABLED =
  "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.";
const NOT_CONNECTED = {
  name: "TargetNotConnectedException",
  message: "The execute command failed due to an internal error. Try again later.",
};
const MINUTE = 60_000;

const clock = new ManualClock();
let cloud: TaskCloud;
let image: string;
let definition: string;
let task: string;

beforeAll(async () => {
  cloud = await TaskCloud.start({ clock });
  image = await cloud.push("shell", {
    files: { "app/greeting": "hello\n" },
    config: { Cmd: ["sleep", "987654"], WorkingDir: "/app", Env: ["GREETING=hello"] },
  });
  const taskRoleArn = await cloud.role("exec");
  await allowExec(cloud, "exec");
  definition = await cloud.define(
    "shell",
    [{ name: "main", image, stopTimeout: 2, logConfiguration: cloud.logTo() }],
    { taskRoleArn },
  );
  task = await run(definition);
});
afterAll(async () => {
  expect(cloud.test.errors).toEqual([]);
  await cloud.stop();
});

/** A task that runs, with ECS Exec unless told otherwise. */
async function run(
  taskDefinition: string,
  more: Partial<RunTaskCommandInput> = {},
): Promise<string> {
  const started = await cloud.run(taskDefinition, { enableExecuteCommand: true, ...more });
  const arn = started.taskArn!;
  await vi.waitFor(
    async () => {
      const { lastStatus, stoppedReason } = await cloud.task(arn);
      expect(lastStatus, stoppedReason).toBe("RUNNING");
    },
    { timeout: 60_000, interval: 20 },
  );
  return arn;
}

const execute = (more: Partial<ExecuteCommandCommandInput> = {}) =>
  cloud.ecs.send(
    new ExecuteCommandCommand({ cluster: "c", task, command: "sh", interactive: true, ...more }),
  );

const open = (command: string, on = task) => Session.open(cloud.ecs, on, command);

/** Waits until no session is promised or open; the ids of those that are. */
const free = () =>
  vi.waitFor(
    () => {
      const { store } = cloud.test.cloud;
      const open = store.all(execSessions).flatMap((sessions) => [...sessions.ids()]);
      expect(open).toEqual([]);
      return open;
    },
    { timeout: 60_000, interval: 20 },
  );

/** What is asked for until it is had: an agent that found no way looks again in its time. */
const inTime = (ask: () => Promise<unknown>) =>
  vi.waitFor(
    async () => {
      await clock.advance(MINUTE);
      await ask();
    },
    { timeout: 60_000, interval: 20 },
  );

test("a task without a role of its own cannot have it", async () => {
  const taskDefinition = await cloud.define("roleless", [{ name: "main", image }]);
  const asked = { cluster: "c", taskDefinition, networkConfiguration: cloud.network };
  const create = new CreateServiceCommand({
    ...asked,
    serviceName: "roleless",
    launchType: "FARGATE",
    enableExecuteCommand: true,
  });
  await expect(cloud.ecs.send(create)).rejects.toMatchObject({
    name: "InvalidParameterException",
    message: `The service couldn't be created ${NEEDS_ROLE}`,
  });
  await expect(run(taskDefinition)).rejects.toMatchObject({ name: "InvalidParameterException" });
});

test("what is asked for has to be there, and interactive", async () => {
  await expect(execute({ cluster: "other" })).rejects.toMatchObject({
    name: "ClusterNotFoundException",
  });
  for (const [more, message] of [
    [{ interactive: false }, "Interactive is the only mode supported currently."],
    [{ task: "short" }, "task length should be one of [32,36]"],
    [{ task: "f".repeat(32) }, "The referenced task was not found."],
    [{ container: "other" }, "The container other is not in the task."],
  ] as const)
    await expect(execute(more)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message,
    });
  const other = await run(definition, { enableExecuteCommand: false });
  expect((await cloud.task(other)).containers![0]!.managedAgents ?? []).toEqual([]);
  await expect(execute({ task: other })).rejects.toMatchObject({
    name: "InvalidParameterException",
    message: NOT_ENABLED,
  });
});

test("the answer names the session, its address, and what to show there", async () => {
  const answer = await execute();
  expect(answer).toMatchObject({
    taskArn: task,
    containerName: "main",
    containerArn: expect.stringContaining(":container/c/"),
    clusterArn: expect.stringContaining(":cluster/c"),
    interactive: true,
  });
  const { sessionId, streamUrl, tokenValue } = answer.session!;
  expect(sessionId).toMatch(/^ecs-execute-command-[0-9a-f]{17}$/);
  const { host } = new URL(cloud.test.endpoint);
  expect(streamUrl).toBe(`ws://${host}/v1/data-channel/${sessionId}?role=publish_subscribe`);
  expect(tokenValue).toMatch(/^[A-Za-z0-9+/]{128}$/);
  // Nobody comes: it makes room for others in a minute.
  await clock.advance(MINUTE);
});

test("a session runs in the task's folder with its environment, and says that it is no container", async () => {
  const session = await open(`sh -c 'echo $GREETING; cat greeting; stty size; exit 3'`);
  expect(await session.client.ended).toEqual({ exitCode: 3, said: "" });
  expect(session.text).toBe("hello\r\nhello\r\n31 91\r\n");
  expect(session.notes).toEqual([expect.stringContaining("plain processes")]);
});

test("a channel is opened once, by who has its token, and by no web page", async () => {
  const { session } = await execute({ command: "cat" });
  const { streamUrl = "", tokenValue = "" } = session!;
  const refused = { exitCode: undefined, said: "the token is not this session's" };
  const with_ = async (token: string) => {
    const { ExecClient } = await import("../src/exec-client.ts");
    return ExecClient.open({ streamUrl, tokenValue: token }, { output: () => {} });
  };
  expect(await (await with_(`x${tokenValue.slice(1)}`)).ended).toEqual(refused);
  const first = await with_(tokenValue);
  expect(await (await with_(tokenValue)).ended).toEqual(refused);
  first.close();
  const asked = await fetch(streamUrl.replace(/^ws/, "http"));
  expect(asked.status).toBe(426);
  const page = await fetch(streamUrl.replace(/^ws/, "http"), {
    headers: { origin: "http://example.com" },
  });
  expect(page.status).toBe(403);
});

test("a client that says nothing, or nothing that makes sense, makes room for others", async () => {
  for (const spoken of [[], [Buffer.from("no message")], [Buffer.alloc(200)]]) {
    const { session } = await execute();
    const socket = new WebSocket(session!.streamUrl!);
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    socket.send(JSON.stringify({ TokenValue: session!.tokenValue }));
    await new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
    for (const bytes of spoken) socket.send(bytes);
    if (spoken.length === 0) socket.close();
    if (socket.readyState !== WebSocket.CLOSED)
      await new Promise((resolve) => socket.addEventListener("close", resolve));
    expect(await free()).toEqual([]);
  }
});

test("a container has two sessions at a time", async () => {
  await free();
  const both = [await open("cat"), await open("cat")];
  await expect(execute()).rejects.toMatchObject({
    name: "ClientException",
    message:
      "Unable to start new execute sessions because the maximum session limit of 2 has been reached.",
  });
  for (const { client } of both) client.close();
  await free();
  const next = await open("true");
  expect(await next.client.ended).toMatchObject({ exitCode: 0 });
});

test("a session in which nothing happens ends after twenty minutes, one that is used goes on", async () => {
  const session = await open("cat");
  session.type("one\r");
  await session.sees("one\r\none");
  await clock.advance(19 * MINUTE);
  session.type("two\r");
  await session.sees("two\r\ntwo");
  await clock.advance(19 * MINUTE);
  session.type("three\r");
  await session.sees("three\r\nthree");
  await clock.advance(20 * MINUTE);
  expect(await session.client.ended).toMatchObject({
    said: "Your session timed out due to inactivity.",
  });
});

test("the task's role needs the rights of Session Manager, from the moment when it has them", async () => {
  const taskRoleArn = await cloud.role("poor");
  const poor = await cloud.define("poor", [{ name: "main", image, stopTimeout: 2 }], {
    taskRoleArn,
  });
  const arn = await run(poor);
  await expect(execute({ task: arn })).rejects.toMatchObject(NOT_CONNECTED);
  await allowExec(cloud, "poor");
  const session = await open("true", arn);
  expect(await session.client.ended).toMatchObject({ exitCode: 0 });
});

test("without a way to Session Manager no session begins, until there is one", async () => {
  const { Vpcs = [] } = await cloud.ec2.send(new DescribeVpcsCommand({}));
  const { RouteTables = [] } = await cloud.ec2.send(new DescribeRouteTablesCommand({}));
  const VpcId = Vpcs[0]!.VpcId!;
  const endpoint = (name: string) =>
    cloud.ec2.send(
      new CreateVpcEndpointCommand({
        VpcId,
        ServiceName: `com.amazonaws.ap-northeast-1.${name}`,
        ...(name === "s3"
          ? { RouteTableIds: RouteTables.map(({ RouteTableId }) => RouteTableId!) }
          : { VpcEndpointType: "Interface", SubnetIds: cloud.subnets, PrivateDnsEnabled: true }),
      }),
    );
  for (const name of ["ecr.api", "ecr.dkr", "logs", "s3"]) await endpoint(name);
  await clock.advance(MINUTE);
  const networkConfiguration = { awsvpcConfiguration: { subnets: cloud.subnets } };
  const arn = await run(definition, { networkConfiguration });
  await clock.advance(MINUTE);
  await expect(execute({ task: arn })).rejects.toMatchObject(NOT_CONNECTED);
  await endpoint("ssmmessages");
  await inTime(() => execute({ task: arn }));
});

async function keep(executeCommandConfiguration: ExecuteCommandConfiguration): Promise<void> {
  const configuration = { executeCommandConfiguration };
  await cloud.ecs.send(new UpdateClusterCommand({ cluster: "c", configuration }));
}

/** The record of a session that says a word, in the container's group. */
async function recorded(word: string, logGroupName = "/tasks"): Promise<(string | undefined)[]> {
  const session = await open(`sh -c 'printf "\\033[1m%s\\033[0m\\n" ${word}; echo end'`);
  await session.client.ended;
  const read = new FilterLogEventsCommand({ logGroupName, logStreamNames: [session.id] });
  const { events = [] } = await cloud.logs.send(read).catch(() => ({ events: [] }));
  return events.map(({ message }) => message);
}

test("sessions are recorded where the cluster says, as the task's role may", async () => {
  const s3 = new S3Client(cloud.test.clientConfig);
  await s3.send(new CreateBucketCommand({ Bucket: "records" }));
  await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: "/records" }));
  await expect(recorded("nobody")).resolves.toEqual([]);
  await allowExec(cloud, "exec", [
    { Effect: "Allow", Action: ["logs:*", "s3:PutObject"], Resource: "*" },
  ]);
  await vi.waitFor(async () => expect(await recorded("default")).toEqual(["default", "end"]), {
    timeout: 60_000,
  });
  await keep({ logging: "NONE" });
  expect(await recorded("nothing")).toEqual([]);

  const logConfiguration = {
    cloudWatchLogGroupName: "/records",
    s3BucketName: "records",
    s3KeyPrefix: "of/c",
  };
  await keep({ logging: "OVERRIDE", logConfiguration });
  const session = await open(`echo kept`);
  await session.client.ended;
  await vi.waitFor(
    async () => {
      const read = { Bucket: "records", Key: `of/c/${session.id}.log` };
      const { Body } = await s3.send(new GetObjectCommand(read));
      expect(await Body!.transformToString()).toBe("kept\n");
    },
    { timeout: 60_000, interval: 50 },
  );
  const { events = [] } = await cloud.logs.send(
    new FilterLogEventsCommand({ logGroupName: "/records", logStreamNames: [session.id] }),
  );
  expect(events.map(({ message }) => message)).toEqual(["kept"]);
  s3.destroy();

  await expect(keep({ logging: "OVERRIDE" })).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
  await expect(keep({ kmsKeyId: "alias/key" })).rejects.toMatchObject({
    message: expect.stringContaining("kmsKeyId"),
  });
});
