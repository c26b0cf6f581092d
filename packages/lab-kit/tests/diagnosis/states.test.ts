import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3 } from "@aws-sdk/client-s3";
import { say } from "@workbook/toolchain";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ensureStateBucket } from "../../src/deploy/state-bucket.ts";
import type { Target } from "../../src/deploy/target.ts";
import { diagnoseStates } from "../../src/diagnosis/states.ts";
import { startTestCloud, type TestCloud } from "../../src/testing/test-cloud.ts";

const LOCK = {
  ID: "5d1c2a2e-1f0b-4d57-8a53-6fd0f1d8a1b0",
  Operation: "OperationTypeApply",
  Who: "taro@desk",
  Created: "2026-11-30T01:02:03Z",
};

let cloud: TestCloud;
let s3: S3;
let target: Target;
let state: string;

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off" });
  const { connection, endpoint: endpointUrl } = cloud;
  s3 = new S3({ ...connection, forcePathStyle: true });
  target = {
    name: "local",
    owner: "hanako",
    region: connection.region,
    homeCidr: "203.0.113.10/32",
    endpointUrl,
    connection,
    environment: {},
    effectiveAddress: undefined,
  };
}, 60_000);

afterAll(async () => {
  s3.destroy();
  await cloud.stop();
});

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "diagnose-states-"));
  return () => rmSync(state, { recursive: true, force: true });
});

const look = () => diagnoseStates({ directories: { root: state, state }, target });

/** Lets a file lie where Terraform works on a stack. @param at seconds since 1970 when it was written */
function lies(stack: string, name: string, text: string, at = 1): void {
  const folder = join(state, "stacks/local/hanako", stack);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  utimesSync(join(folder, name), at, at);
}

const said = (summary: string, detail: string, address?: string) =>
  JSON.stringify({
    type: "diagnostic",
    diagnostic: { severity: "error", summary, detail, ...(address && { address }) },
  });

test("a bucket that is gone is a cause only where stacks were applied from here", async () => {
  expect(await look()).toEqual([]);
  lies("network", "applied-configuration.json", "{}");
  expect(await look()).toMatchObject([{ id: "state-bucket-missing" }]);
});

test("a lock is told with who has it, since when, and how it is taken away", async () => {
  const Bucket = await ensureStateBucket(target);
  const Key = "hanako/network.tfstate.tflock";
  await s3.putObject({ Bucket, Key, Body: JSON.stringify(LOCK) });
  await s3.putObject({ Bucket, Key: "taro/network.tfstate.tflock", Body: JSON.stringify(LOCK) });
  const [finding, ...others] = await look();
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    id: "state-locked",
    subjects: ["network"],
    line: `./workbook terraform network force-unlock ${LOCK.ID}`,
  });
  for (const language of ["en", "ja"] as const)
    for (const word of [LOCK.Who, LOCK.Created, "hanako/network.tfstate"])
      expect(say(finding!.cause, language)).toContain(word);
  await s3.deleteObject({ Bucket, Key });
  expect(await look()).toEqual([]);
});

test("what another stack has yet to tell is a cause until Terraform has got through", async () => {
  await ensureStateBucket(target);
  const missing = said(
    "reading SSM Parameter (/hanako/network/vpc-id): couldn't find resource",
    "",
    "data.aws_ssm_parameter.network_vpc_id",
  );
  lies("service", "plan.log", missing, 1);
  const [finding] = await look();
  expect(finding).toMatchObject({ id: "stack-output-missing", subjects: ["service"] });
  expect(say(finding!.cause, "en")).toContain("data.aws_ssm_parameter.network_vpc_id");
  lies("service", "apply.log", '{"type":"outputs","outputs":{}}', 2);
  expect(await look()).toEqual([]);
});

test("an output that a state has not, and a state that is not there, are told; other errors are not", async () => {
  await ensureStateBucket(target);
  const attribute = said(
    "Unsupported attribute",
    'This object does not have an attribute named "vpc_id".',
  );
  lies("service", "plan.log", attribute);
  expect(await look()).toEqual([]);
  lies("service", "cdk.tf.json", '{"data":{"terraform_remote_state":{}}}');
  expect(await look()).toMatchObject([{ id: "stack-output-missing" }]);
  lies("service", "plan.log", said("Unable to find remote state", "No stored state was found"));
  expect(await look()).toMatchObject([{ id: "stack-output-missing" }]);
  lies("service", "plan.log", said("Invalid count argument", "It depends on resource attributes."));
  expect(await look()).toEqual([]);
});
