import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, relative } from "node:path";
import { saidBy } from "@workbook/toolchain";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { deploy } from "../src/deploy/deploy.ts";
import { LabRun } from "../src/deploy/lab-run.ts";
import type { DeployReporter } from "../src/deploy/reporter.ts";
import type { Deployment } from "../src/deploy/stack.ts";
import { loadLab } from "../src/load-lab.ts";
import type { KeptLane } from "../src/terraform/kept-lane.ts";
import { startTestCloud, type TestCloud } from "../src/testing/test-cloud.ts";
import { testDeployment } from "../src/testing/test-deployment.ts";

const root = join(import.meta.dirname, "../../..");
const TIMEOUT_MS = 240_000;

let cloud: TestCloud;
let folder: string;
let deployment: Deployment;
let lane: KeptLane;
let gate: Server;
const go = Promise.withResolvers<void>();

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off" });
  folder = await mkdtemp(join(tmpdir(), "beside-build-"));
  // A build that lasts until it is let go on, and is good for nothing then.
  gate = createServer((_request, response) => void go.promise.then(() => response.end()));
  await once(gate.listen(0, "127.0.0.1"), "listening");
  const { port } = gate.address() as AddressInfo;
  const program = `await fetch("http://127.0.0.1:${port}"); throw new Error("out of flour")`;
  const app = join(folder, "app");
  await mkdir(app);
  await writeFile(
    join(app, "Dockerfile"),
    `FROM node:24-slim\nRUN ["node", "--input-type=module", "--eval", ${JSON.stringify(program)}]\n`,
  );
  const lab = await loadLab(join(root, "labs/07-load-balancer"));
  const builder = { node: process.execPath, path: [dirname(process.execPath)] };
  const apps = lab.apps.map((each) => ({ ...each, folder: relative(root, app) }));
  ({ deployment, lane } = await testDeployment(cloud, {
    root,
    lab: { ...lab, apps },
    state: join(folder, "state"),
    build: builder,
  }));
});

afterAll(async () => {
  gate.close();
  await lane.close();
  await cloud.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Keeps how each step ended. */
class Steps implements DeployReporter {
  readonly ended: string[] = [];

  step(title: Parameters<DeployReporter["step"]>[0]) {
    const name = typeof title === "string" ? title : "en" in title ? title.en : title[0];
    return {
      detail: () => {},
      terraform: () => {},
      end: () => void this.ended.push(`${name} ended`),
      fail: () => void this.ended.push(`${name} failed`),
      stop: () => void this.ended.push(`${name} stopped`),
    };
  }
}

test(
  "the network is made while images are built; a build that fails is what is told, and the same stack goes on",
  async () => {
    const steps = new Steps();
    const deploying = deploy(new LabRun(deployment), steps).catch(saidBy);
    const loadBalancers = async () => {
      const { LoadBalancers = [] } = await cloud.aws.elbv2.describeLoadBalancers({});
      return LoadBalancers.length;
    };
    await vi.waitFor(async () => expect(await loadBalancers()).toBe(1), {
      timeout: 120_000,
      interval: 200,
    });
    go.resolve();
    const { en } = (await deploying) as { en: string };
    expect(en).toContain("out of flour");
    expect(en).not.toContain("terraform");
    expect(steps.ended).toEqual([
      "State bucket ended",
      "Terraform: images ended",
      "Images failed",
      "Terraform: service stopped",
    ]);
    // Nothing holds the state, and what was made is in it.
    const images = deployment.lab.apps.map((app) => ({ app, image: `${app.repository}:v1` }));
    const { changes } = await new LabRun(deployment, images).plan("service");
    expect(changes.add).toBeGreaterThan(0);
    expect(changes.add).toBeLessThan(20);
  },
  TIMEOUT_MS,
);
