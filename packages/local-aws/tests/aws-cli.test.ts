import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsCliPath, cleanEnvironment, UserError } from "@workbook/toolchain";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebServices } from "../src/engine/scheduler/testing/web-services.ts";
import type { Web } from "../src/engine/scheduler/testing/web.ts";
import { runProgram, type ProgramRun } from "./support/run-program.ts";

/** The AWS CLI of this machine; undefined where there is none. */
function findCli(): string | undefined {
  try {
    return awsCliPath();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`Local AWS is not tried with the AWS CLI: ${error.message}\n`);
    return undefined;
  }
}

const cli = findCli();

/** Each start of the CLI takes a second of a processor that other programs may want as well. */
const TIMEOUT_MS = 240_000;

describe.skipIf(cli === undefined)("the AWS CLI in its defaults", () => {
  let services: WebServices;
  let web: Web;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    services = await WebServices.start();
    web = await services.create("web", { VERSION: "one" });
    await services.steady("web");
    env = cleanEnvironment(process.env, services.cloud.test.clientConfig);
  }, 60_000);
  afterAll(() => services.stop(), 60_000);

  const run = (...args: string[]): Promise<ProgramRun> =>
    runProgram(cli!, args, { cwd: services.cloud.scratch, env });

  /** What a command that must succeed writes, read as JSON where it is that. */
  async function aws<Output>(...args: string[]): Promise<Output> {
    const { code, stdout, stderr } = await run(...args);
    if (code !== 0) throw new Error(`aws ${args.join(" ")} exits ${code}: ${stderr}`);
    return (/^\s*[[{]/.test(stdout) ? JSON.parse(stdout) : stdout.trim()) as Output;
  }

  test(
    "says who asks",
    async () => {
      const { accountId } = services.cloud.test.cloud.credentials;
      expect(await aws("sts", "get-caller-identity")).toMatchObject({ Account: accountId });
    },
    TIMEOUT_MS,
  );

  test(
    "registers task definitions and reads them page by page",
    async () => {
      const file = join(services.cloud.scratch, "definition.json");
      const container = { name: "main", image: "busybox", memory: 64 };
      writeFileSync(
        file,
        JSON.stringify({ family: "paged", containerDefinitions: [container], cpu: "256" }),
      );
      for (const variables of [{}, {}]) await services.define("paged", variables);
      expect(
        await aws("ecs", "register-task-definition", "--cli-input-json", `file://${file}`),
      ).toMatchObject({ taskDefinition: { family: "paged", revision: 3 } });
      const list = ["ecs", "list-task-definitions", "--family-prefix", "paged"];
      const pages = await aws<{ taskDefinitionArns: string[] }>(...list, "--page-size", "1");
      expect(pages.taskDefinitionArns).toHaveLength(3);
      const first = await aws<{ NextToken: string }>(...list, "--max-items", "2");
      expect(first).toMatchObject({ taskDefinitionArns: pages.taskDefinitionArns.slice(0, 2) });
      expect(await aws(...list, "--starting-token", first.NextToken)).toMatchObject({
        taskDefinitionArns: pages.taskDefinitionArns.slice(2),
      });
      const query = ["--query", "taskDefinition.containerDefinitions[0].image", "--output", "text"];
      expect(
        await aws("ecs", "describe-task-definition", "--task-definition", "paged", ...query),
      ).toBe("busybox");
    },
    TIMEOUT_MS,
  );

  test(
    "waits for services, load balancers and targets",
    async () => {
      const { loadBalancerArn, targetGroupArn } = web;
      await Promise.all([
        aws("ecs", "wait", "services-stable", "--cluster", "c", "--services", "web"),
        aws("elbv2", "wait", "load-balancer-available", "--load-balancer-arns", loadBalancerArn),
        aws("elbv2", "wait", "target-in-service", "--target-group-arn", targetGroupArn),
      ]);
      const described = ["ecs", "describe-services", "--cluster", "c", "--services", "web"];
      expect(await aws(...described)).toMatchObject({
        services: [{ runningCount: 2, deployments: [{ rolloutState: "COMPLETED" }] }],
        failures: [],
      });
      const health = ["elbv2", "describe-target-health", "--target-group-arn", targetGroupArn];
      const states = [
        "--query",
        "TargetHealthDescriptions[].TargetHealth.State",
        "--output",
        "text",
      ];
      expect(await aws(...health, ...states)).toBe("healthy\thealthy");
    },
    TIMEOUT_MS,
  );

  test(
    "filters log events",
    async () => {
      const filter = ["logs", "filter-log-events", "--log-group-name", "/tasks"];
      const found = await aws<{ events: { message: string }[] }>(
        ...filter,
        "--filter-pattern",
        "{ $.what = listening }",
      );
      const listening = expect.stringMatching(/^\{"what":"listening",/);
      expect(found.events).toMatchObject([{ message: listening }, { message: listening }]);
      expect(await aws(...filter, "--filter-pattern", '"nobody says this"')).toMatchObject({
        events: [],
      });
    },
    TIMEOUT_MS,
  );

  test(
    "copies a file of 20 MB in parts to S3 and back, and whole folders",
    async () => {
      const { scratch } = services.cloud;
      const bytes = randomBytes(20 * 1024 * 1024);
      writeFileSync(join(scratch, "large"), bytes);
      await aws("s3", "mb", "s3://cli-files");
      await aws("s3", "cp", "--no-progress", "large", "s3://cli-files/folder/large");
      const head = ["s3api", "head-object", "--bucket", "cli-files", "--key", "folder/large"];
      // Parts of 8 MB, https://docs.aws.amazon.com/cli/latest/topic/s3-config.html
      expect(await aws(...head)).toMatchObject({
        ContentLength: bytes.length,
        ETag: expect.stringMatching(/^"[0-9a-f]{32}-3"$/),
      });
      await aws("s3", "sync", "--no-progress", "s3://cli-files", "back");
      expect(readFileSync(join(scratch, "back/folder/large")).equals(bytes)).toBe(true);
      expect(await aws("s3", "ls", "s3://cli-files/folder/")).toMatch(/ 20971520 large$/);
      const presigned = await aws<string>("s3", "presign", "s3://cli-files/folder/large");
      const fetched = await fetch(presigned);
      expect([fetched.status, (await fetched.arrayBuffer()).byteLength]).toEqual([
        200,
        bytes.length,
      ]);
      expect(await (await fetch(presigned.replace("large", "other"))).text()).toContain(
        "<Code>SignatureDoesNotMatch</Code>",
      );
      await aws("s3", "rb", "--force", "s3://cli-files");
      expect(await run(...head)).toMatchObject({ code: expect.toSatisfy((code) => code >= 254) });
    },
    TIMEOUT_MS,
  );

  test(
    "gets a password for the registry",
    async () => {
      const password = await aws<string>("ecr", "get-login-password");
      const authorization = `Basic ${Buffer.from(`AWS:${password}`).toString("base64")}`;
      const { endpoint } = services.cloud.test;
      expect((await fetch(`${endpoint}/v2/`, { headers: { authorization } })).status).toBe(200);
    },
    TIMEOUT_MS,
  );

  test(
    "finds what EC2 filters select, and shows IAM's documents",
    async () => {
      const zones = ["--filters", "Name=isDefault,Values=true", "--query", "Vpcs[].CidrBlock"];
      expect(await aws("ec2", "describe-vpcs", ...zones)).toEqual(["172.31.0.0/16"]);
      expect(await aws("iam", "get-role", "--role-name", "execution")).toMatchObject({
        Role: { AssumeRolePolicyDocument: { Statement: [{ Action: "sts:AssumeRole" }] } },
      });
    },
    TIMEOUT_MS,
  );

  test(
    "finds what is tagged, whichever service has it",
    async () => {
      const { loadBalancerArn, targetGroupArn } = web;
      const tag = ["tag-resources", "--tags", "Team=blue", "--resource-arn-list"];
      expect(
        await aws("resourcegroupstaggingapi", ...tag, loadBalancerArn, targetGroupArn),
      ).toEqual({ FailedResourcesMap: {} });
      const filter = ["--tag-filters", "Key=Team,Values=blue", "--resource-type-filters"];
      const page = ["--page-size", "1", "--query", "ResourceTagMappingList[].ResourceARN"];
      const found = ["get-resources", ...filter, "elasticloadbalancing", ...page];
      expect(await aws("resourcegroupstaggingapi", ...found)).toEqual([
        loadBalancerArn,
        targetGroupArn,
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "shows AWS's errors, of each protocol",
    async () => {
      const [json, query, ec2, s3] = await Promise.all([
        run("ecs", "list-tasks", "--cluster", "nobody"),
        run("elbv2", "describe-load-balancers", "--names", "nobody"),
        run("ec2", "describe-vpcs", "--vpc-ids", "vpc-00000000000000000"),
        run("s3", "ls", "s3://nobody-has-this"),
      ]);
      expect(json.stderr).toContain(
        "An error occurred (ClusterNotFoundException) when calling the ListTasks operation: Cluster not found.",
      );
      expect(query.stderr).toContain(
        "An error occurred (LoadBalancerNotFound) when calling the DescribeLoadBalancers operation: Load balancers '[nobody]' not found",
      );
      expect(ec2.stderr).toContain(
        "An error occurred (InvalidVpcID.NotFound) when calling the DescribeVpcs operation: The vpc ID 'vpc-00000000000000000' does not exist",
      );
      expect(s3.stderr).toContain(
        "An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: The specified bucket does not exist",
      );
    },
    TIMEOUT_MS,
  );
});
