import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ECRClient } from "@aws-sdk/client-ecr";
import {
  DeregisterTaskDefinitionCommand,
  ECSClient,
  UpdateServiceCommand,
  type Service,
} from "@aws-sdk/client-ecs";
import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ofContainers, seeProcesses } from "../src/engine/runtime/process/strays.ts";
import { pushTinyImage } from "../src/engine/scheduler/testing/push-tiny-image.ts";
import { Load, WEB_IMAGE } from "../src/engine/scheduler/testing/web.ts";
import type { Topology } from "../src/engine/topology.ts";
import { TEST_REGION } from "../src/testing.ts";
import { describeService, describeTasks, registerWith } from "./support/cluster-view.ts";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

const FIXTURE = join(import.meta.dirname, "fixtures/two-services");
/** Answers are known by the process that gives them, and one of them is killed. */
const TASKS = ["--tasks", "process"];
const SERVICES = ["front", "back"];
const LOAD = { clients: 8, perSecond: 200 };

let dir: string;
let cloud: SpawnedCloud;
let terraform: TerraformFolder;
let before: Topology;
/** Revisions that Terraform knows nothing of. */
const revisions: string[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "stack-"));
  cloud = await SpawnedCloud.start(join(dir, "data"), ...TASKS);
  const CreateBucketConfiguration = { LocationConstraint: TEST_REGION } as const;
  const s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "terraform-state", CreateBucketConfiguration }));
  await pushTinyImage(new ECRClient(cloud.clientConfig), cloud.endpoint, dir, "app", WEB_IMAGE);
  before = await cloud.topology();
  terraform = await TerraformFolder.copy(FIXTURE, join(dir, "stack"), cloud);
  await terraform.succeed("init", "-input=false");
});
afterAll(async () => {
  await cloud.end();
  rmSync(dir, { recursive: true });
});

const ecs = () => new ECSClient(cloud.clientConfig);

const tasksOf = (name: string, desired: "RUNNING" | "STOPPED") =>
  describeTasks(ecs(), "main", name, desired);

const allTasks = async (desired: "RUNNING" | "STOPPED") =>
  (await Promise.all(SERVICES.map((name) => tasksOf(name, desired)))).flat();

/** The process ids behind a listener, once two answer; each answer must be the service's own. */
const answering = (port: number, greeting: string): Promise<number[]> =>
  vi.waitFor(
    async () => {
      const url = await cloud.listenerUrl(port);
      const answers = await Promise.all(
        Array.from({ length: 8 }, async () => (await fetch(url)).text()),
      );
      const pids = new Set(answers.map((it) => Number(it.split(" ")[1])));
      expect(answers.filter((it) => !it.startsWith(`${greeting} `))).toEqual([]);
      expect(pids.size).toBe(2);
      return [...pids];
    },
    { timeout: 60_000, interval: 100 },
  );

const steady = (name: string): Promise<Service> =>
  vi.waitFor(
    async () => {
      const service = await describeService(ecs(), "main", name);
      expect(service.deployments).toMatchObject([{ status: "PRIMARY", rolloutState: "COMPLETED" }]);
      expect(service.runningCount).toBe(2);
      return service;
    },
    { timeout: 60_000, interval: 100 },
  );

/** Begins a deployment of a revision that answers with another greeting; the revision. */
async function deploy(service: string, greeting: string): Promise<string> {
  const taskDefinition = await registerWith(ecs(), service, { name: "VERSION", value: greeting });
  revisions.push(taskDefinition);
  await ecs().send(new UpdateServiceCommand({ cluster: "main", service, taskDefinition }));
  return taskDefinition;
}

const taskProcesses = async () =>
  ofContainers(await seeProcesses(), { directory: join(dir, "data/runtime/tasks"), marks: [] });

/** 0 where nothing would change, 2 where something would. */
const plan = () => terraform.run("plan", "-input=false", "-detailed-exitcode");

test("a hand-written stack applies, and both of its ports answer", async () => {
  await terraform.succeed("apply", "-input=false", "-auto-approve");
  const pids = await Promise.all([answering(80, "front"), answering(8080, "back")]);
  expect(new Set(pids.flat()).size).toBe(4);
}, 240_000);

test("a second plan is empty", async () => {
  expect(await plan()).toMatchObject({ code: 0 });
});

test("a killed task is replaced under 200 requests a second, and at most 8 fail", async () => {
  const [pid] = await answering(80, "front");
  const old = (await tasksOf("front", "RUNNING")).map(({ taskArn }) => taskArn);
  const load = new Load(await cloud.listenerUrl(80), LOAD);
  await vi.waitUntil(() => load.count >= 200, { timeout: 60_000 });
  process.kill(pid!, "SIGKILL");
  await vi.waitFor(
    async () => {
      const tasks = await tasksOf("front", "RUNNING");
      expect(tasks.filter(({ taskArn }) => !old.includes(taskArn))).toHaveLength(1);
      expect(tasks.map(({ lastStatus }) => lastStatus)).toEqual(["RUNNING", "RUNNING"]);
    },
    { timeout: 60_000, interval: 50 },
  );
  await answering(80, "front");
  await load.stop();
  expect(load.failed, load.failures.join(", ")).toBeLessThanOrEqual(8);
});

test("a deployment under 200 requests a second fails none of them", async () => {
  await steady("front");
  const load = new Load(await cloud.listenerUrl(80), LOAD);
  await vi.waitUntil(() => load.count >= 200, { timeout: 60_000 });
  const revision = await deploy("front", "second");
  expect((await steady("front")).taskDefinition).toBe(revision);
  await load.stop();
  expect(load.failures).toEqual([]);
  await answering(80, "second");
});

test("kill -9 in a deployment: the next server ends it, with the same resources and no old process", async () => {
  const elb = () => new ElasticLoadBalancingV2Client(cloud.clientConfig);
  const services = () => Promise.all(SERVICES.map((name) => describeService(ecs(), "main", name)));
  const arns = async () => ({
    services: (await services()).map((it) => [it.serviceArn, it.taskDefinition]),
    balancers: (await elb().send(new DescribeLoadBalancersCommand({}))).LoadBalancers!.map(
      ({ LoadBalancerArn }) => LoadBalancerArn,
    ),
  });
  const taskDefinitionArn = await deploy("back", "third");
  await vi.waitFor(
    async () =>
      expect(await tasksOf("back", "RUNNING")).toContainEqual(
        expect.objectContaining({ taskDefinitionArn }),
      ),
    { timeout: 60_000, interval: 10 },
  );
  const known = await arns();
  const running = await allTasks("RUNNING");
  await cloud.end("SIGKILL");
  const { port } = new URL(cloud.endpoint);
  cloud = await SpawnedCloud.start(join(dir, "data"), "--port", port, ...TASKS);
  await Promise.all(SERVICES.map(steady));
  const alive = await Promise.all([answering(80, "second"), answering(8080, "third")]);
  await vi.waitFor(
    async () => expect((await taskProcesses()).toSorted()).toEqual(alive.flat().toSorted()),
    { timeout: 60_000, interval: 50 },
  );
  expect(await arns()).toEqual(known);
  const stopped = await allTasks("STOPPED");
  for (const { taskArn } of running)
    expect(stopped).toContainEqual(
      expect.objectContaining({
        taskArn,
        lastStatus: "STOPPED",
        stoppedReason: expect.stringMatching(/./),
      }),
    );
});

test("its plan is empty too, after a deployment that Terraform did not make", async () => {
  expect(await plan()).toMatchObject({ code: 0 });
});

test("destroy leaves the cloud as it was, and no process", async () => {
  for (const taskDefinition of revisions)
    await ecs().send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  await terraform.succeed("destroy", "-input=false", "-auto-approve");
  expect(await cloud.topology()).toEqual(before);
  expect(await taskProcesses()).toEqual([]);
}, 240_000);
