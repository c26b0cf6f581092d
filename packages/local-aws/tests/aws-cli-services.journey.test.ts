import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsCliPath, cleanEnvironment } from "@workbook/toolchain";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, TEST_REGION, type TestCloud } from "../src/testing.ts";
import { runProgram } from "./support/run-program.ts";

const ACCOUNT = "123456789012";
/** Each start of the CLI takes a second of a processor that other programs may want as well. */
const LONG = { timeout: 300_000 };
const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${TEST_REGION}:${ACCOUNT}:${resource}`;

let cloud: TestCloud;
let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "aws-cli-"));
  cloud = await startTestCloud();
});
afterAll(async () => {
  await cloud.stop();
  rmSync(scratch, { recursive: true });
  expect(cloud.errors).toEqual([]);
});

/** A command as somebody types it, without the names of tools; `sqs` of version 1 of the CLI takes its endpoint from the command alone. */
async function aws(command: string, ...more: string[]): Promise<{ code: number; said: string }> {
  const args = [...command.split(" "), ...more, "--endpoint-url", cloud.endpoint];
  const env = cleanEnvironment(process.env, cloud.clientConfig);
  const { code, stdout, stderr } = await runProgram(awsCliPath(), args, { cwd: scratch, env });
  return { code, said: (stdout || stderr).trim() };
}

/** What a command that must succeed writes, as text. */
async function text(command: string, query: string, ...more: string[]): Promise<string> {
  const { code, said } = await aws(command, ...more, "--output", "text", "--query", query);
  expect(code, `aws ${command}: ${said}`).toBe(0);
  return said;
}

const policy = (...Statement: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement });

test("keys, parameters and secrets", LONG, async () => {
  const key = await text("kms create-key --description cli", "KeyMetadata.KeyId");
  await text("kms create-alias --alias-name alias/cli", "@", "--target-key-id", key);
  // Both versions of the CLI take bytes from a file as they are, and write them in Base64.
  const [clear, sealed] = [join(scratch, "clear"), join(scratch, "sealed")];
  writeFileSync(clear, "secret");
  const encrypt = "kms encrypt --key-id alias/cli --plaintext";
  const ciphertext = await text(encrypt, "CiphertextBlob", `fileb://${clear}`);
  writeFileSync(sealed, Buffer.from(ciphertext, "base64"));
  const decrypt = "kms decrypt --ciphertext-blob";
  const opened = await text(decrypt, "Plaintext", `fileb://${sealed}`);
  expect(Buffer.from(opened, "base64").toString()).toBe("secret");
  await text("ssm put-parameter --name /cli/a --type String --value one", "Version");
  const again = "ssm put-parameter --name /cli/a --type String --value two --overwrite";
  expect(await text(again, "Version")).toBe("2");
  await text("ssm put-parameter --name /cli/b --type SecureString --value hidden", "Version");
  const path = "ssm get-parameters-by-path --path /cli --with-decryption";
  expect(await text(path, "Parameters[].Value")).toBe("two\thidden");
  const invalid = await aws("ssm get-parameter --name /nowhere");
  expect(invalid.code).not.toBe(0);
  expect(invalid.said).toContain("(ParameterNotFound)");
  await text("secretsmanager create-secret --name cli --secret-string one", "Name");
  await text("secretsmanager put-secret-value --secret-id cli --secret-string two", "Name");
  const previous = "secretsmanager get-secret-value --secret-id cli --version-stage AWSPREVIOUS";
  expect(await text(previous, "SecretString")).toBe("one");
});

test("roles, sessions and the simulator", LONG, async () => {
  const trust = policy({
    Effect: "Allow",
    Principal: { AWS: ACCOUNT },
    Action: "sts:AssumeRole",
  });
  const may = policy({ Effect: "Allow", Action: "sqs:ListQueues", Resource: "*" });
  const role = await text(
    "iam create-role --role-name cli --assume-role-policy-document",
    "Role.Arn",
    trust,
  );
  await text(
    "iam put-role-policy --role-name cli --policy-name own",
    "@",
    "--policy-document",
    may,
  );
  const asked = [
    "--policy-source-arn",
    role,
    "--action-names",
    "sqs:ListQueues",
    "sqs:SendMessage",
  ];
  expect(
    await text("iam simulate-principal-policy", "EvaluationResults[].EvalDecision", ...asked),
  ).toBe("allowed\timplicitDeny");
  const session = await text(
    "sts assume-role --role-session-name cli",
    "AssumedRoleUser.Arn",
    "--role-arn",
    role,
  );
  expect(session).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/cli/cli`);
});

test("queues, topics, events and schedules", LONG, async () => {
  const url = await text("sqs create-queue --queue-name cli", "QueueUrl");
  const Policy = policy({
    Effect: "Allow",
    Principal: "*",
    Action: "sqs:SendMessage",
    Resource: arn("sqs", "cli"),
  });
  const attributes = JSON.stringify({ Policy });
  await text("sqs set-queue-attributes", "@", "--queue-url", url, "--attributes", attributes);
  const topic = await text("sns create-topic --name cli", "TopicArn");
  const raw = ["--attributes", "RawMessageDelivery=true", "--topic-arn", topic];
  const endpoint = ["--notification-endpoint", arn("sqs", "cli")];
  await text("sns subscribe --protocol sqs", "SubscriptionArn", ...raw, ...endpoint);
  await text("sns publish --message published", "MessageId", "--topic-arn", topic);
  const receive = () =>
    text("sqs receive-message --wait-time-seconds 20", "Messages[0].Body", "--queue-url", url);
  expect(await receive()).toBe("published");
  const rule = ["--event-pattern", '{"source":["cli"]}'];
  await text("events put-rule --name cli", "RuleArn", ...rule);
  const targets = JSON.stringify([{ Id: "q", Arn: arn("sqs", "cli"), InputPath: "$.detail.n" }]);
  await text("events put-targets --rule cli", "FailedEntryCount", "--targets", targets);
  const entries = JSON.stringify([{ Source: "cli", DetailType: "t", Detail: '{"n":7}' }]);
  expect(await text("events put-events", "FailedEntryCount", "--entries", entries)).toBe("0");
  expect(await receive()).toBe("7");
  const trust = policy({
    Effect: "Allow",
    Principal: { Service: "scheduler.amazonaws.com" },
    Action: "sts:AssumeRole",
  });
  const role = await text(
    "iam create-role --role-name schedules --assume-role-policy-document",
    "Role.Arn",
    trust,
  );
  const target = JSON.stringify({ Arn: arn("sqs", "cli"), RoleArn: role });
  const schedule = "scheduler create-schedule --name cli --schedule-expression";
  const window = ["--flexible-time-window", "Mode=OFF", "--target", target];
  await text(schedule, "ScheduleArn", "rate(1 hour)", ...window);
  expect(await text("scheduler list-schedules", "Schedules[].Name")).toBe("cli");
});

test("metrics, alarms, a picture of them, filters of logs, scaling and tags", LONG, async () => {
  const metric = "--namespace Cli --metric-name Errors";
  await text(`cloudwatch put-metric-data ${metric} --value 3 --unit Count`, "@");
  const alarm = `cloudwatch put-metric-alarm --alarm-name cli ${metric} --statistic Sum --period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold`;
  await text(alarm, "@");
  const named = "cloudwatch describe-alarms --alarm-names cli";
  expect(await text(named, "MetricAlarms[].MetricName")).toBe("Errors");
  const widget = JSON.stringify({ metrics: [["Cli", "Errors"]], width: 300, height: 200 });
  const image = await text(
    "cloudwatch get-metric-widget-image",
    "MetricWidgetImage",
    "--metric-widget",
    widget,
  );
  expect(Buffer.from(image, "base64").toString("latin1", 1, 4)).toBe("PNG");
  await text("logs create-log-group --log-group-name cli", "@");
  const filter =
    "logs put-metric-filter --log-group-name cli --filter-name errors --filter-pattern ERROR";
  const transformations = "metricName=Lines,metricNamespace=Cli,metricValue=1";
  await text(filter, "@", "--metric-transformations", transformations);
  const found = "logs describe-metric-filters --log-group-name cli";
  expect(await text(found, "metricFilters[].filterPattern")).toBe("ERROR");
  const target =
    "--service-namespace dynamodb --resource-id table/cli --scalable-dimension dynamodb:table:ReadCapacityUnits";
  const register = `application-autoscaling register-scalable-target ${target} --min-capacity 1 --max-capacity 4`;
  await text(register, "ScalableTargetARN");
  const described =
    "application-autoscaling describe-scalable-targets --service-namespace dynamodb";
  expect(await text(described, "ScalableTargets[].MaxCapacity")).toBe("4");
  const tagged = ["--resource-arn-list", arn("cloudwatch", "alarm:cli"), "--tags", "Team=blue"];
  await text("resourcegroupstaggingapi tag-resources", "FailedResourcesMap", ...tagged);
  const by = "resourcegroupstaggingapi get-resources --tag-filters Key=Team,Values=blue";
  expect(await text(by, "ResourceTagMappingList[].ResourceARN")).toBe(
    arn("cloudwatch", "alarm:cli"),
  );
});
