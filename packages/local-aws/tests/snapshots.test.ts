import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateServiceCommand } from "@aws-sdk/client-ecs";
import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
} from "@aws-sdk/client-ecr";
import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TaskCloud } from "../src/engine/scheduler/testing/task-cloud.ts";
import { copySnapshot } from "../src/index.ts";
import { startTestCloud, type TestCloud } from "../src/testing.ts";
import { SpawnedCloud } from "./support/spawned-cloud.ts";

let dir: string;
const stops: (() => Promise<void>)[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "snapshots-"));
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(dir, { recursive: true });
});

async function start(dataDir = join(dir, "data")): Promise<TestCloud> {
  const test = await startTestCloud({ dataDir });
  stops.push(() => test.stop());
  return test;
}

function call(test: TestCloud, method: string, path: string, token = test.cloud.token) {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${test.endpoint}/_local/snapshots${path}`, { method, headers });
}

async function vpcs(config: TestCloud["clientConfig"]): Promise<string[]> {
  const { Vpcs = [] } = await new EC2Client(config).send(new DescribeVpcsCommand({}));
  return Vpcs.map(({ VpcId }) => VpcId!).toSorted();
}

async function createVpc(config: TestCloud["clientConfig"]): Promise<string> {
  const command = new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" });
  return (await new EC2Client(config).send(command)).Vpc!.VpcId!;
}

test("a restored cloud holds what it held, for the keys that it had, and nothing younger", async () => {
  const cloud = await start();
  const s3 = new S3Client(cloud.clientConfig);
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body }));
  await put("then");
  const kept = await createVpc(cloud.clientConfig);
  const then = await vpcs(cloud.clientConfig);
  expect(then).toContain(kept);
  const saved = await call(cloud, "PUT", "/before");
  expect(await saved.json()).toMatchObject({ name: "before", bytes: expect.any(Number) });
  await put("now");
  await createVpc(cloud.clientConfig);

  expect((await call(cloud, "POST", "/before/restore")).status).toBe(200);
  expect(await vpcs(cloud.clientConfig)).toEqual(then);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" }));
  expect(await Body!.transformToString()).toBe("then");
  // What came after is not in the way of what comes now.
  await put("again");
  expect(cloud.errors).toEqual([]);
});

test("restoring ends the tasks that run and starts those that the snapshot has", async () => {
  const cloud = await TaskCloud.start();
  stops.push(() => cloud.stop());
  const image = await cloud.push("program", {
    files: { "main.js": "console.log(process.pid); setInterval(() => {}, 1000);" },
    config: { Cmd: ["node", "/main.js"] },
  });
  const log = { name: "main", image, logConfiguration: cloud.logTo() };
  const create = async (serviceName: string) =>
    cloud.ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName,
        taskDefinition: await cloud.define(serviceName, [log]),
        desiredCount: 1,
        networkConfiguration: cloud.network,
        launchType: "FARGATE",
      }),
    );
  const pidOf = (service: string, not?: string) =>
    vi.waitFor(
      async () => {
        const task = (await cloud.tasks(service)).find(
          ({ lastStatus }) => lastStatus === "RUNNING",
        );
        const [pid] = await cloud.lines(task!.taskArn!);
        expect(pid).toMatch(/^\d+$/);
        expect(pid).not.toBe(not);
        return pid!;
      },
      { timeout: 60_000, interval: 20 },
    );
  await create("kept");
  const before = await pidOf("kept");
  await cloud.test.cloud.snapshots.save("one");
  await create("younger");
  const younger = await pidOf("younger");

  await cloud.test.cloud.snapshots.restore("one");
  expect([before, younger].filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  await pidOf("kept", before);
  await vi.waitFor(
    async () => {
      const [deployment, ...others] = (await cloud.service("kept")).deployments!;
      expect(others).toEqual([]);
      expect(deployment).toMatchObject({ rolloutState: "COMPLETED", runningCount: 1 });
    },
    { timeout: 60_000 },
  );
  expect(await cloud.service("younger")).toBeUndefined();
  expect(cloud.test.errors).toEqual([]);
});

test("a snapshot of one cloud is restored in another, with the names of its images", async () => {
  const [one, other] = [await start(), await start(join(dir, "other"))];
  const ecr = new ECRClient(one.clientConfig);
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "app" }));
  await one.cloud.snapshots.save("s");
  await copySnapshot(one.cloud.dataDir, other.cloud.dataDir, "s");
  await other.cloud.snapshots.restore("s");
  const { repositories } = await new ECRClient(other.clientConfig).send(
    new DescribeRepositoriesCommand({}),
  );
  const host = new URL(other.endpoint).host;
  expect(repositories!.map(({ repositoryUri }) => repositoryUri)).toEqual([`${host}/app`]);
});

test("a broken snapshot is refused with its fault, and the cloud stays as it is", async () => {
  const cloud = await start();
  const s3 = new S3Client(cloud.clientConfig);
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "then" }));
  await createVpc(cloud.clientConfig);
  const folder = join(cloud.cloud.dataDir, "snapshots", "s");
  const object = async () => {
    const { files } = JSON.parse(readFileSync(join(folder, "snapshot.json"), "utf8")) as {
      files: { path: string }[];
    };
    return files.find(({ path }) => path.startsWith("objects/"))!.path;
  };
  const faults: [damage: () => Promise<void> | void, says: RegExp][] = [
    [() => rmSync(join(folder, "snapshot.json")), /half-written: its end mark is missing/],
    [() => writeFileSync(join(folder, "snapshot.json"), "{"), /end mark is not readable/],
    [() => writeFileSync(join(folder, "snapshot.json"), "{}"), /of another version/],
    [() => rmSync(join(folder, "cloud.db")), /cloud\.db is missing/],
    [() => flipByte(join(folder, "cloud.db")), /the content of cloud\.db has changed/],
    [async () => rmSync(join(folder, await object())), /objects\/.* is missing/],
    [
      async () => {
        const file = join(folder, await object());
        rmSync(file);
        writeFileSync(file, "th");
      },
      /has 2 bytes instead of 4/,
    ],
  ];
  for (const [damage, says] of faults) {
    await cloud.cloud.snapshots.save("s");
    await damage();
    const now = await createVpc(cloud.clientConfig);
    const answer = await call(cloud, "POST", "/s/restore");
    expect([answer.status, await answer.json()]).toEqual([
      409,
      { code: "Broken", message: expect.stringMatching(says) },
    ]);
    expect(await vpcs(cloud.clientConfig)).toContain(now);
  }
  expect(cloud.errors).toEqual([]);
});

/** Not in place: the file may be shared with the running cloud. */
function flipByte(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  rmSync(file);
  writeFileSync(file, bytes);
}

test("snapshots are listed with what is wrong with them, replaced by name, and deleted", async () => {
  const cloud = await start();
  const list = async () => (await (await call(cloud, "GET", "")).json()) as { snapshots: unknown };
  expect(await list()).toEqual({ snapshots: [] });
  for (const name of ["b", "a", "a"]) await call(cloud, "PUT", `/${name}`);
  rmSync(join(cloud.cloud.dataDir, "snapshots", "b", "snapshot.json"));
  expect(await list()).toMatchObject({
    snapshots: [{ name: "a" }, { name: "b", problem: expect.stringContaining("half-written") }],
  });
  expect((await call(cloud, "DELETE", "/b")).status).toBe(200);
  expect(await list()).toMatchObject({ snapshots: [{ name: "a" }] });
  const unknown = await call(cloud, "POST", "/b/restore");
  expect([unknown.status, await unknown.json()]).toEqual([
    404,
    { code: "NotFound", message: 'There is no snapshot "b": there are a.' },
  ]);
  expect((await call(cloud, "DELETE", "/b")).status).toBe(404);
  expect((await call(cloud, "PUT", "/..%2Fx")).status).toBe(400);
});

test("without the workspace's token nothing is saved, restored or deleted", async () => {
  const cloud = await start();
  await cloud.cloud.snapshots.save("s");
  for (const [method, path] of [
    ["PUT", "/t"],
    ["POST", "/s/restore"],
    ["DELETE", "/s"],
  ] as const)
    expect((await call(cloud, method, path, "guess")).status).toBe(401);
  expect(cloud.cloud.snapshots.list().map(({ name }) => name)).toEqual(["s"]);
});

test("a call that is made while a snapshot is restored waits, and meets the restored cloud", async () => {
  const cloud = await start();
  const then = await vpcs(cloud.clientConfig);
  await cloud.cloud.snapshots.save("s");
  await createVpc(cloud.clientConfig);
  const restored = cloud.cloud.snapshots.restore("s");
  const answers: string[][] = [];
  let done = false;
  void restored.finally(() => (done = true));
  while (!done) answers.push(await vpcs(cloud.clientConfig));
  await restored;
  expect(await vpcs(cloud.clientConfig)).toEqual(then);
  expect(answers.length).toBeGreaterThan(0);
  expect(cloud.errors).toEqual([]);
});

test.each(["cloud.db.restoring", "cloud.db.before"])(
  "a server killed while it restores (%s is there) comes back whole, old or new",
  async (file) => {
    const data = join(dir, "data");
    const first = await SpawnedCloud.start(data, "--tasks", "off");
    stops.push(() => first.end());
    const told = JSON.parse(readFileSync(join(data, "server.json"), "utf8")) as { token: string };
    const request = (method: string, path: string) =>
      fetch(`${first.endpoint}/_local/snapshots${path}`, {
        method,
        headers: { authorization: `Bearer ${told.token}` },
      });
    const config = { ...first.clientConfig, forcePathStyle: true, maxAttempts: 1 } as const;
    const then = await vpcs(config);
    expect((await request("PUT", "/s")).status).toBe(200);
    await createVpc(config);
    const now = await vpcs(config);
    let restored: Promise<unknown> | undefined;
    while (!existsSync(join(data, file))) {
      // The file may come and go between two looks: then once more.
      restored ??= request("POST", "/s/restore").then(
        () => (restored = undefined),
        (error: unknown) => error,
      );
      await new Promise(setImmediate);
    }
    await first.end("SIGKILL");
    await restored;

    const again = await SpawnedCloud.start(data, "--tasks", "off");
    stops.push(() => again.end());
    const found = await vpcs({ ...again.clientConfig, forcePathStyle: true, maxAttempts: 1 });
    expect([then, now]).toContainEqual(found);
  },
);
