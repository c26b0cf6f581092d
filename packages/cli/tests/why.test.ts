import { connectAws, disconnectAws, type AwsClients } from "@workbook/lab-kit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestTerminal } from "../src/testing/terminal.ts";
import { TestWorkbook } from "../src/testing/workbook.ts";

/** Local AWS with a service that wants no tasks, made beside the workbook, as somebody at AWS's console would. */
const LONG = 5 * 60_000;
const SERVICE = "node-app-hanako";
const workbook = new TestWorkbook({ WORKBOOK_PORT: "0", WORKBOOK_LISTENERS: "ephemeral" });
let terminal: TestTerminal;
let aws: AwsClients;

beforeAll(async () => {
  expect((await workbook.run(["cloud", "up"])).code).toBe(0);
  const { export: env } = await workbook.json<{ export: Record<string, string> }>(["env"]);
  aws = await connectAws({
    region: env["AWS_REGION"]!,
    endpoint: env["AWS_ENDPOINT_URL"]!,
    credentials: {
      accessKeyId: env["AWS_ACCESS_KEY_ID"]!,
      secretAccessKey: env["AWS_SECRET_ACCESS_KEY"]!,
    },
  });
  const cluster = "workbook-hanako";
  await aws.ecs.createCluster({ clusterName: cluster });
  await aws.ecs.registerTaskDefinition({
    family: SERVICE,
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    containerDefinitions: [{ name: "node-app", image: "nodejs-app:v1", essential: true }],
  });
  const { Subnets = [] } = await aws.ec2.describeSubnets({});
  await aws.ecs.createService({
    cluster,
    serviceName: SERVICE,
    taskDefinition: SERVICE,
    launchType: "FARGATE",
    desiredCount: 0,
    networkConfiguration: {
      awsvpcConfiguration: { subnets: [Subnets[0]!.SubnetId!], assignPublicIp: "ENABLED" },
    },
  });
  const { root: cwd, environment } = workbook;
  terminal = await TestTerminal.open({ columns: 80, rows: 40, cwd, env: environment });
}, LONG);

afterAll(async () => {
  disconnectAws(aws);
  await terminal.close();
  await workbook.remove();
}, LONG);

test(
  "why names the cause, what was looked at, and the line to write",
  { timeout: LONG },
  async () => {
    const { code, text } = await terminal.type("./workbook why", LONG);
    expect(code, text).toBe(1);
    expect(text).toMatch(new RegExp(`✗ ${SERVICE} +desired-count-zero`));
    expect(text).toMatch(/Looked at\n +ecs describe-services .*\n/);
    expect(text).toMatch(/Write\n +desiredCount: 2,/);
    expect(text).toMatch(/Read\n +https:\/\/docs\.aws\.amazon\.com\//);
    expect(text).toContain("Next: ./workbook hint");
    const japanese = await terminal.type("WORKBOOK_LANG=ja ./workbook why", LONG);
    expect(japanese.code, japanese.text).toBe(1);
    expect(japanese.text).toMatch(
      /調べたもの\n[^]*書く行\n[^]*読むページ\n[^]*次: \.\/workbook hint/,
    );
  },
);

test("the same for a program, in both languages", { timeout: LONG }, async () => {
  const { findings, subjects } = await workbook.json<{
    subjects: string[];
    findings: { id: string; subjects: string[]; cause: { en: string; ja: string } }[];
  }>(["why"], 1);
  expect(subjects).toEqual([SERVICE]);
  expect(findings.map(({ id }) => id)).toEqual(["desired-count-zero"]);
  expect(findings[0]).toMatchObject({ id: "desired-count-zero", subjects: [SERVICE] });
  expect(findings[0]!.cause.en).toContain(SERVICE);
  expect(findings[0]!.cause.ja).toContain(SERVICE);
  expect(findings[0]!.cause.ja).not.toBe(findings[0]!.cause.en);
});

test("status says the cause in one line, below its service", { timeout: LONG }, async () => {
  const { findings } = await workbook.json<{ findings: { cause: { en: string } }[] }>(["why"], 1);
  const { code, text } = await terminal.type("./workbook status", LONG);
  expect(code, text).toBe(0);
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.startsWith(`${SERVICE}  0/0 running`));
  expect(at, text).toBeGreaterThan(0);
  expect(lines[at + 1]).toBe(`  ✗ ${findings[0]!.cause.en}`);
  expect(text).toContain("Next: ./workbook why");
});

test(
  "a state that somebody holds is let go of first: no deploy gets on",
  { timeout: LONG },
  async () => {
    const Bucket = "ecs-workbook-state-123456789012-ap-northeast-1";
    const Key = "hanako/service.tfstate.tflock";
    const lock = {
      ID: "5d1c2a2e-1f0b-4d57-8a53-6fd0f1d8a1b0",
      Operation: "OperationTypeApply",
      Who: "taro@desk",
      Created: "2026-11-30T01:02:03Z",
    };
    await aws.s3.createBucket({ Bucket });
    await aws.s3.putObject({ Bucket, Key, Body: JSON.stringify(lock) });
    const { code, text } = await terminal.type("./workbook why", LONG);
    await aws.s3.deleteObject({ Bucket, Key });
    expect(code, text).toBe(1);
    expect(text).toMatch(/✗ service +state-locked/);
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      `Next: ./workbook terraform service force-unlock ${lock.ID}`,
    );
  },
);

test("what is not there is said by name, with what there is", { timeout: LONG }, async () => {
  const { code, text } = await terminal.type("./workbook why web", LONG);
  expect(code, text).toBe(2);
  expect(text).toContain(`has no service "web"; it has ${SERVICE}.`);
});
