import { createHash } from "node:crypto";
import { connectAws, disconnectAws, pollUntil, type AwsClients } from "@workbook/lab-kit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestTerminal } from "../src/testing/terminal.ts";
import { TestWorkbook } from "../src/testing/workbook.ts";

const LONG = 5 * 60_000;
const CLUSTER = "workbook-hanako";
/** The same everywhere: no machine has to have more than processes. */
const workbook = new TestWorkbook({
  WORKBOOK_PORT: "0",
  WORKBOOK_LISTENERS: "ephemeral",
  WORKBOOK_TASKS: "process",
});
let terminal: TestTerminal;
let aws: AwsClients;

/** A task that waits, with ECS Exec or without, as somebody at AWS's console would run it. */
async function runTask(
  family: string,
  containers: readonly string[],
  enableExecuteCommand: boolean,
) {
  const image = await pushImage();
  const { Role } = await aws.iam.getRole({ RoleName: "task" });
  const { Subnets = [] } = await aws.ec2.describeSubnets({});
  await aws.ecs.registerTaskDefinition({
    family,
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    taskRoleArn: Role!.Arn!,
    executionRoleArn: Role!.Arn!,
    containerDefinitions: containers.map((name) => ({
      name,
      image,
      command: ["sleep", "987654"],
      environment: [{ name: "GREETING", value: `hello from ${name}` }],
      stopTimeout: 2,
    })),
  });
  const { tasks = [] } = await aws.ecs.runTask({
    cluster: CLUSTER,
    taskDefinition: family,
    launchType: "FARGATE",
    enableExecuteCommand,
    networkConfiguration: {
      awsvpcConfiguration: { subnets: [Subnets[0]!.SubnetId!], assignPublicIp: "ENABLED" },
    },
  });
  const { met, last } = await pollUntil(
    async () =>
      (await aws.ecs.describeTasks({ cluster: CLUSTER, tasks: [tasks[0]!.taskArn!] })).tasks![0]!,
    ({ lastStatus }) => lastStatus === "RUNNING",
    { deadlineMs: LONG },
  );
  expect(met, last.stoppedReason).toBe(true);
  return last.taskArn!;
}

/** An image of nothing but a base; its reference. */
async function pushImage(): Promise<string> {
  const { authorizationData } = await aws.ecr.getAuthorizationToken({});
  const { authorizationToken, proxyEndpoint } = authorizationData![0]!;
  const headers = { authorization: `Basic ${authorizationToken}` };
  const registry = `${proxyEndpoint}/v2/waits`;
  const send = async (url: string | URL, method: string, type: string, body?: Buffer) => {
    const sent = { method, headers: { ...headers, "content-type": type } };
    const answer = await fetch(url, { ...sent, ...(body && { body: new Uint8Array(body) }) });
    expect(answer.ok, `${method} ${url}`).toBe(true);
    return answer;
  };
  const put = async (bytes: Buffer) => {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    const begun = await send(`${registry}/blobs/uploads/`, "POST", "application/octet-stream");
    const place = new URL(begun.headers.get("location")!, registry);
    place.searchParams.set("digest", digest);
    await send(place, "PUT", "application/octet-stream", bytes);
    return { digest, size: bytes.length };
  };
  const oci = (name: string) => `application/vnd.oci.image.${name}`;
  const layer = await put(Buffer.alloc(1024));
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const rootfs = { type: "layers", diff_ids: [layer.digest] };
  const config = await put(
    Buffer.from(JSON.stringify({ architecture, os: "linux", config: {}, rootfs })),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: oci("manifest.v1+json"),
    config: { mediaType: oci("config.v1+json"), ...config },
    layers: [{ mediaType: oci("layer.v1.tar"), ...layer }],
    annotations: { "org.opencontainers.image.base.name": "debian" },
  };
  const body = Buffer.from(JSON.stringify(manifest));
  await send(`${registry}/manifests/v1`, "PUT", oci("manifest.v1+json"), body);
  return `${new URL(proxyEndpoint!).host}/waits:v1`;
}

async function createRole(): Promise<void> {
  const actions = [
    "CreateControlChannel",
    "CreateDataChannel",
    "OpenControlChannel",
    "OpenDataChannel",
  ];
  const document = (statement: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  const Principal = { Service: "ecs-tasks.amazonaws.com" };
  await aws.iam.createRole({
    RoleName: "task",
    AssumeRolePolicyDocument: document({ Principal, Action: "sts:AssumeRole" }),
  });
  await aws.iam.putRolePolicy({
    RoleName: "task",
    PolicyName: "exec",
    PolicyDocument: document({
      Action: [...actions.map((name) => `ssmmessages:${name}`), "ecr:*"],
      Resource: "*",
    }),
  });
}

beforeAll(async () => {
  const up = await workbook.run(["cloud", "up"]);
  expect(up.code, up.stderr).toBe(0);
  const { export: env } = await workbook.json<{ export: Record<string, string> }>(["env"]);
  aws = await connectAws({
    region: env["AWS_REGION"]!,
    endpoint: env["AWS_ENDPOINT_URL"]!,
    credentials: {
      accessKeyId: env["AWS_ACCESS_KEY_ID"]!,
      secretAccessKey: env["AWS_SECRET_ACCESS_KEY"]!,
    },
  });
  await aws.ecs.createCluster({ clusterName: CLUSTER });
  await aws.ecr.createRepository({ repositoryName: "waits" });
  await createRole();
  const { root: cwd, environment } = workbook;
  terminal = await TestTerminal.open({ columns: 90, rows: 30, cwd, env: environment });
}, LONG);

afterAll(async () => {
  disconnectAws(aws);
  await terminal.close();
  await workbook.remove();
}, LONG);

test("where nothing runs, that is said", { timeout: LONG }, async () => {
  const { code, stderr } = await workbook.run(["exec", "--", "env"]);
  expect(code, stderr).toBe(3);
  expect(stderr).toContain(`No task runs in cluster ${CLUSTER}.`);
});

test("a command's output and exit code come back", { timeout: LONG }, async () => {
  await runTask("web", ["main"], true);
  const ended = await workbook.run(["exec", "--", "sh", "-c", "echo $GREETING; exit 3"]);
  expect(ended).toMatchObject({ code: 3, stdout: "hello from main\n", stderr: "" });
  const missing = await workbook.run(["exec", "web", "--", "nothere"]);
  expect(missing).toMatchObject({ code: 1, stdout: "" });
  expect(missing.stderr).toContain('exec: "nothere": executable file not found in $PATH');
});

test(
  "a shell is this terminal's: keys, size and Ctrl-C go through, Ctrl-D ends it",
  { timeout: LONG },
  async () => {
    const number = /\[(\d+):\d+\]\$ *$/.exec(await terminal.screen())?.[1];
    await terminal.begin("./workbook exec web");
    // How to end it is said at once, what kind of task it is when its agent has answered.
    expect(await terminal.waitFor(/plain processes/, LONG)).toMatch(
      /main {2}exit or Ctrl-D ends it/,
    );
    await terminal.begin("stty size; sleep 987653");
    await terminal.waitFor("30 90", LONG);
    await terminal.press("C-c");
    await terminal.begin("echo code=$?");
    await terminal.waitFor("code=130", LONG);
    await terminal.resize(100, 35);
    await terminal.begin("stty size");
    await terminal.waitFor("35 100", LONG);
    await terminal.press("C-d");
    await terminal.waitFor(new RegExp(String.raw`\[${Number(number) + 1}:\d+\]\$ *$`), LONG);
  },
);

test("without a terminal a shell is refused", { timeout: LONG }, async () => {
  const { code, stderr } = await workbook.run(["exec"]);
  expect(code, stderr).toBe(2);
  expect(stderr).toContain("A shell needs a terminal");
});

test(
  "several services, and several containers, are told apart by name",
  { timeout: LONG },
  async () => {
    await runTask("pair", ["one", "two"], true);
    const any = await workbook.run(["exec", "--", "env"]);
    expect(any.code, any.stderr).toBe(2);
    expect(any.stderr).toMatch(/Tasks of (web, pair|pair, web) run/);
    const pair = await workbook.run(["exec", "pair", "--", "env"]);
    expect(pair.code, pair.stderr).toBe(2);
    expect(pair.stderr).toContain("runs one, two");
    const two = await workbook.run(["exec", "pair", "--container", "two", "--", "env"]);
    expect(two.code, two.stderr).toBe(0);
    expect(two.stdout).toContain("GREETING=hello from two\n");
    const other = await workbook.run(["exec", "other", "--", "env"]);
    expect(other.stderr).toMatch(/No task of "other" runs/);
  },
);

test(
  "a task without ECS Exec names the line to add, in both languages",
  { timeout: LONG },
  async () => {
    await runTask("shut", ["main"], false);
    for (const [language, said] of [
      ["en", "ECS Exec is not enabled in the task of shut."],
      ["ja", "shut のタスクでは ECS Exec が有効になっていません。"],
    ]) {
      const ended = await workbook.run(["exec", "shut", "--", "env"], { WORKBOOK_LANG: language });
      expect(ended.code, ended.stderr).toBe(1);
      expect(ended.stderr).toContain(said);
      expect(ended.stderr).toContain("enableExecuteCommand: true,");
    }
  },
);
