import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsCliPath, cleanEnvironment } from "@workbook/toolchain";
import {
  CodeDeployClient,
  CreateDeploymentConfigCommand,
  GetDeploymentCommand,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import { DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { appSpec, BlueGreen, POLL } from "../src/engine/codedeploy/testing/blue-green.ts";
import { Load } from "../src/engine/scheduler/testing/web.ts";
import { startTestCloud } from "../src/testing.ts";
import { runProgram } from "./support/run-program.ts";

const PER_SECOND = 300;

let bg: BlueGreen;
let load: Load;
/** The last test ends the server itself, and the one after it. */
let hasEnded = false;

beforeAll(async () => {
  bg = await BlueGreen.start(2);
  await bg.createGroup();
  await vi.waitFor(async () => {
    expect(await (await fetch(bg.web.url)).text()).toMatch(/^one /);
  }, POLL);
  load = new Load(bg.web.url, { clients: 32, perSecond: PER_SECOND });
}, 120_000);
afterAll(async () => {
  await load.stop();
  if (!hasEnded) await bg.stop();
}, 60_000);

/** How many answers a version has given. */
const answersOf = (version: string) =>
  [...load.answers].reduce(
    (sum, [answer, count]) => (answer.startsWith(`200 ${version} `) ? sum + count : sum),
    0,
  );

test(
  "aws ecs deploy works as it is, and under load no request fails",
  { timeout: 300_000 },
  async () => {
    const { cloud } = bg.services;
    const registered = await bg.services.define("web", { VERSION: "two" });
    const { taskDefinition } = await cloud.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: registered }),
    );
    const { family, cpu, memory, networkMode, executionRoleArn } = taskDefinition!;
    const { containerDefinitions, requiresCompatibilities } = taskDefinition!;
    const definition = join(cloud.scratch, "definition.json");
    const spec = join(cloud.scratch, "appspec.yaml");
    writeFileSync(
      definition,
      JSON.stringify({
        family,
        cpu,
        memory,
        networkMode,
        executionRoleArn,
        containerDefinitions,
        requiresCompatibilities,
      }),
    );
    writeFileSync(spec, appSpec("<TASK_DEFINITION>"));
    const { code, stdout, stderr } = await runProgram(
      awsCliPath(),
      [
        "ecs",
        "deploy",
        "--cluster=c",
        "--service=web",
        `--task-definition=${definition}`,
        `--codedeploy-appspec=${spec}`,
        "--codedeploy-application=web",
        "--codedeploy-deployment-group=web",
      ],
      { cwd: cloud.scratch, env: cleanEnvironment(process.env, cloud.test.clientConfig) },
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /Successfully registered new ECS task definition .*:task-definition\/web:3\n.*Successfully created deployment d-[A-Z0-9]{9}\n[^]*Successfully deployed .*web:3 to service 'web'/,
    );
    await vi.waitFor(() => expect(answersOf("two")).toBeGreaterThan(0), POLL);
    expect(load.failures).toEqual([]);
  },
);

test(
  "a canary gives a tenth of the requests to the new version, then all, and none fails",
  { timeout: 300_000 },
  async () => {
    const deploymentId = await bg.deploy(
      { VERSION: "three" },
      { deploymentConfigName: "CodeDeployDefault.ECSCanary10Percent5Minutes" },
    );
    await vi.waitFor(async () => {
      expect(await bg.weights(bg.prodListenerArn)).toMatchObject({ web: 10, "web-green": 90 });
    }, POLL);
    await vi.waitFor(() => expect(answersOf("three")).toBeGreaterThan(0), POLL);
    expect(await bg.ended(deploymentId)).toMatchObject({ status: "Succeeded" });
    expect(await bg.weights(bg.prodListenerArn)).toMatchObject({ web: 100, "web-green": 0 });
    await vi.waitFor(async () => {
      const { taskSets } = await bg.services.cloud.service("web");
      expect(taskSets).toHaveLength(1);
    }, POLL);
    expect(load.failures).toEqual([]);
    expect(load.count).toBeGreaterThan(PER_SECOND);
  },
);

test(
  "tasks that never become healthy get no request: the deployment fails and rolls back",
  { timeout: 300_000 },
  async () => {
    const deploymentId = await bg.deploy(
      { VERSION: "sick", EXIT: "1" },
      { autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] } },
    );
    const failed = await vi.waitFor(
      async () => {
        const found = await bg.deployment(deploymentId);
        expect(found).toMatchObject({ status: "Failed" });
        return found;
      },
      { timeout: 240_000, interval: 500 },
    );
    expect(failed.errorInformation).toEqual({
      code: "TIMEOUT",
      message:
        "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.",
    });
    await bg.ended(failed.rollbackInfo!.rollbackDeploymentId!);
    expect(answersOf("sick")).toBe(0);
    expect(load.failures).toEqual([]);
  },
);

test(
  "a deployment that was under way when the server ended goes on in the next, from where it was",
  { timeout: 300_000 },
  async () => {
    await bg.codedeploy.send(
      new CreateDeploymentConfigCommand({
        deploymentConfigName: "half-for-a-day",
        computePlatform: "ECS",
        trafficRoutingConfig: {
          type: "TimeBasedCanary",
          timeBasedCanary: { canaryPercentage: 50, canaryInterval: 2880 },
        },
      }),
    );
    const deploymentId = await bg.deploy(
      { VERSION: "four" },
      { deploymentConfigName: "half-for-a-day" },
    );
    const half = { web: 50, "web-green": 50 };
    await vi.waitFor(async () => {
      expect(await bg.weights(bg.prodListenerArn)).toEqual(half);
    }, POLL);
    await load.stop();
    const { cloud } = bg.services;
    const { port } = new URL(cloud.test.endpoint);
    await cloud.test.stop();
    hasEnded = true;
    bg.codedeploy.destroy();
    bg.elb.destroy();
    expect(cloud.test.errors).toEqual([]);
    // Images are named by the registry that they are in: the same port again.
    const test = await startTestCloud({
      tasks: "process",
      dataDir: cloud.dataDir,
      port: Number(port),
    });
    const codedeploy = new CodeDeployClient(test.clientConfig);
    const again = cloud.on(test);
    try {
      const deployment = async () =>
        (await codedeploy.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo!;
      expect(await deployment()).toMatchObject({ status: "InProgress" });
      await vi.waitFor(async () => {
        const { taskSets } = await again.service("web");
        expect(taskSets!.map(({ runningCount }) => runningCount)).toEqual([2, 2]);
      }, POLL);
      await codedeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
      await vi.waitFor(async () => {
        const { taskSets } = await again.service("web");
        expect(taskSets).toMatchObject([{ status: "PRIMARY", runningCount: 2 }]);
        expect(await deployment()).toMatchObject({ status: "Stopped" });
      }, POLL);
      expect(test.errors).toEqual([]);
    } finally {
      codedeploy.destroy();
      await again.stop();
    }
  },
);
