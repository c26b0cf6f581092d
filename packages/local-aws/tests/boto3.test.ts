import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { cleanEnvironment } from "@workbook/toolchain";
import { expect, onTestFinished, test } from "vitest";
import { WebServices } from "../src/engine/scheduler/testing/web-services.ts";
import { startTestCloud } from "../src/testing.ts";
import { runProgram } from "./support/run-program.ts";

const script = (name: string) => join(import.meta.dirname, `fixtures/boto3-${name}.py`);

/** Why boto3 cannot be tried; undefined where it can. */
function boto3Missing(): string | undefined {
  const { status, error, stderr } = spawnSync("python3", ["-c", "import boto3"], {
    encoding: "utf8",
  });
  if (error !== undefined) return `python3 cannot be started: ${error.message}`;
  return status === 0 ? undefined : `python3 has no boto3: ${stderr.trim().split("\n").at(-1)}`;
}

const missing = boto3Missing();
if (missing !== undefined) process.stderr.write(`Local AWS is not tried with boto3: ${missing}\n`);

test.skipIf(missing !== undefined)(
  "boto3 in its defaults: transfers, pages, waiters, resources, exceptions",
  async () => {
    const services = await WebServices.start();
    onTestFinished(() => services.stop());
    const { cloud } = services;
    const web = await services.create("web", { VERSION: "one" });
    await services.steady("web");
    const { code, stdout, stderr } = await runProgram(
      "python3",
      [script("defaults"), cloud.scratch, web.loadBalancerArn, web.targetGroupArn],
      { cwd: cloud.scratch, env: cleanEnvironment(process.env, cloud.test.clientConfig) },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      "same file": true,
      metadata: { who: "boto3" },
      pages: [["small/0", "small/1"], ["small/2", "small/3"], ["small/4"]],
      presigned: "3",
      deleted: 6,
      tasks: ["RUNNING", "RUNNING"],
      started: true,
      cluster: "Cluster not found.",
      size: "An error occurred (ClientException) when calling the RegisterTaskDefinition operation: No Fargate configuration exists for given values: 256 CPU, 8192 memory. See the Amazon ECS documentation for the valid values.",
      lines: ["listening", "listening"],
      vpc: ["172.31.0.0/16", 3],
      trust: { Service: "ecs-tasks.amazonaws.com" },
      account: cloud.test.cloud.credentials.accountId,
      untagged: true,
      tagged: [true],
    });
  },
);

test.skipIf(missing !== undefined)(
  "boto3 with keys, parameters, secrets, roles, messages, events, metrics and scaling",
  async () => {
    const cloud = await startTestCloud();
    onTestFinished(() => cloud.stop());
    const { code, stdout, stderr } = await runProgram("python3", [script("services")], {
      cwd: import.meta.dirname,
      env: cleanEnvironment(process.env, cloud.clientConfig),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      kms: ["secret", "InvalidCiphertextException", true, 32],
      ssm: [["hidden", "two", "x,y"], "one", ["/nowhere"], "ParameterNotFound"],
      secretsmanager: ["two", "one", ["two"], ["ResourceNotFoundException"], 20],
      iam: [["allowed", "implicitDeny"], "nothing yet", "AccessDenied", false],
      messages: ["published", ["once"]],
      events: ['"number 7"', "Asia/Tokyo"],
      cloudwatch: [{ m: [6], e: [60] }, "boto3", [300, 200], ["ERROR a"]],
      scaling: [4],
    });
    expect(cloud.errors).toEqual([]);
  },
);
