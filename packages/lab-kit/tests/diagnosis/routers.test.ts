import { join } from "node:path";

import type { ContainerDefinition, RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { probeRoom } from "@workbook/local-aws/room";
import { serveStandIns, type StandInRegistry } from "@workbook/stand-in-images";
import { say } from "@workbook/toolchain";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { diagnose } from "../../src/diagnosis/diagnose.ts";
import { pollUntil } from "../../src/poll.ts";
import { createExecutionRole, defaultNetwork } from "../../src/testing/balanced-service.ts";
import { REGION, startTestCloud, type TestCloud } from "../../src/testing/test-cloud.ts";
import { ENTRIES_BESIDE, ShownEntries } from "./entries-beside.ts";
import { untilShown } from "./symptoms.ts";

/** It has a shell as well, so that all containers here are of it. */
const ROUTER = "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable";
const LAYOUT = join(import.meta.dirname, "../../../../.workbook/stand-ins");
const CLUSTER = "routed";
const DEADLINE = { deadlineMs: 60_000, intervalMs: 50 };

/** An output of the learner's own, in a file that a container writes before the router starts. */
const outputTo = (group: string, match: string) => `
[OUTPUT]
    Name              cloudwatch_logs
    Match             ${match}
    region            ${REGION}
    log_group_name    ${group}
    log_stream_prefix out-
    log_key           log
`;

describe.skipIf(await probeRoom())("why says of log routers", { timeout: 180_000 }, () => {
  let registry: StandInRegistry;
  let cloud: TestCloud;
  let roleArn: string;

  beforeAll(async () => {
    registry = await serveStandIns(LAYOUT, [ROUTER]);
    cloud = await startTestCloud({ tasks: "containers", registryMirrors: registry.mirrors });
    const { iam, ecs } = cloud.aws;
    roleArn = await createExecutionRole(cloud.aws, "router");
    const Action = ["logs:CreateLogStream", "logs:PutLogEvents"];
    const Statement = [{ Effect: "Allow", Action, Resource: "*" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.putRolePolicy({ RoleName: "router", PolicyName: "logs", PolicyDocument });
    await ecs.createCluster({ clusterName: CLUSTER });
  }, 180_000);
  afterAll(async () => {
    await cloud.stop();
    await registry.close();
  });

  const container = (name: string, more: ContainerDefinition): ContainerDefinition => ({
    name,
    image: ROUTER,
    ...more,
  });
  const router = (more: ContainerDefinition = {}) =>
    container("log_router", { firelensConfiguration: { type: "fluentbit" }, ...more });
  const app = (options: Record<string, string> = {}) =>
    container("app", {
      command: ["sh", "-c", "while :; do echo tick; sleep 0.2; done"],
      stopTimeout: 2,
      logConfiguration: { logDriver: "awsfirelens", options },
    });

  const definition = (
    family: string,
    containerDefinitions: ContainerDefinition[],
  ): RegisterTaskDefinitionCommandInput => ({
    family,
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    executionRoleArn: roleArn,
    taskRoleArn: roleArn,
    containerDefinitions,
  });

  /** Registers it and makes a service of it, with a log group of its name. */
  const serve = async (given: RegisterTaskDefinitionCommandInput): Promise<string> => {
    const { logs, ecs } = cloud.aws;
    const name = given.family!;
    await logs.createLogGroup({ logGroupName: name });
    await ecs.registerTaskDefinition(given);
    const { subnets } = await defaultNetwork(cloud.aws);
    const isFargate = given.networkMode === "awsvpc";
    await ecs.createService({
      cluster: CLUSTER,
      serviceName: name,
      taskDefinition: name,
      launchType: isFargate ? "FARGATE" : "EC2",
      desiredCount: 1,
      ...(isFargate && {
        networkConfiguration: { awsvpcConfiguration: { subnets, assignPublicIp: "ENABLED" } },
      }),
    });
    return name;
  };

  /** What is found of a service now. */
  const look = async (name: string) => {
    const { findings } = await diagnose(
      cloud.aws,
      { region: REGION, cluster: CLUSTER },
      { services: [name] },
    );
    return findings.map(({ id, cause }) => ({ id, cause: say(cause, "en") }));
  };
  const found = (name: string, id: string) =>
    pollUntil(
      () => look(name),
      (findings) => findings.some((each) => each.id === id),
      DEADLINE,
    );

  const streamsOf = async (logGroupName: string) =>
    (await cloud.aws.logs.describeLogStreams({ logGroupName })).logStreams ?? [];

  const remove = (service: string) =>
    cloud.aws.ecs.deleteService({ cluster: CLUSTER, service, force: true });

  const entries = new ShownEntries(ENTRIES_BESIDE.routers);

  /** A service whose router has a file of its own, with an output to the service's log group. */
  const withFile = (name: string, match: string) => {
    const conf = { sourceVolume: "conf", containerPath: "/conf" };
    const options = { "config-file-type": "file", "config-file-value": "/conf/own.conf" };
    const configure = container("configure", {
      essential: false,
      entryPoint: ["sh", "-c"],
      command: ['printf %s "$CONFIGURATION" > /conf/own.conf'],
      environment: [{ name: "CONFIGURATION", value: outputTo(name, match) }],
      mountPoints: [conf],
    });
    const own = router({
      firelensConfiguration: { type: "fluentbit", options },
      dependsOn: [{ containerName: "configure", condition: "SUCCESS" }],
      mountPoints: [conf],
    });
    return serve({
      ...definition(name, [configure, own, app()]),
      volumes: [{ name: "conf" }],
    });
  };

  test("one that has ended, and whose task runs on without it", async () => {
    const toLogs = {
      Name: "cloudwatch_logs",
      region: REGION,
      log_group_name: "ends",
      log_stream_prefix: "out-",
      log_key: "log",
    };
    const ends = ["sh", "-c", "timeout 3 /fluent-bit/bin/fluent-bit"];
    const name = await serve(
      definition("ends", [router({ command: ends, essential: false }), app(toLogs)]),
    );
    const { last } = await found(name, "log-router-stopped");
    expect(last).toEqual([
      {
        id: "log-router-stopped",
        cause:
          "The log router log_router of ends has ended, and its task runs on, since it is not essential: what app writes comes to nobody.",
      },
    ]);
    await untilShown(cloud.aws, "log-router-stopped", { cluster: CLUSTER, services: [name] });
    entries.add("log-router-stopped");
    await remove(name);
  });

  test("an output whose Match is the container's name alone, and nothing of one that fits", async () => {
    const [right, wrong] = [
      await withFile("fits", "app-firelens*"),
      await withFile("misses", "app"),
    ];
    const { last } = await found(wrong, "log-router-match");
    expect(last).toEqual([
      {
        id: "log-router-match",
        cause:
          "The output cloudwatch_logs of misses's log router log_router takes no line: its Match is app, and lines have the tags app-firelens-….",
      },
    ]);
    await pollUntil(
      () => streamsOf(right),
      (streams) => streams.length > 0,
      DEADLINE,
    );
    expect(await streamsOf(right)).not.toEqual([]);
    expect(await look(right)).toEqual([]);
    await pollUntil(
      async () =>
        (await cloud.aws.ecs.describeServices({ cluster: CLUSTER, services: [wrong] })).services!,
      ([service]) => service!.deployments![0]!.rolloutState === "COMPLETED",
      DEADLINE,
    );
    const looked = { cluster: CLUSTER, services: [wrong], logGroups: [wrong] };
    await untilShown(cloud.aws, "log-router-match", looked);
    entries.add("log-router-match");
    await Promise.all([right, wrong].map(remove));
  });

  test("a filter in a file in S3 that takes no container's lines", async () => {
    const { s3 } = cloud.aws;
    await s3.createBucket({
      Bucket: "router-files",
      CreateBucketConfiguration: { LocationConstraint: REGION },
    });
    const put = (Body: string) => s3.putObject({ Bucket: "router-files", Key: "own.conf", Body });
    const grep = (match: string) =>
      `[FILTER]\n    Name  grep\n    Match ${match}\n    Exclude log health\n`;
    const rewrite = (name: string, ...tags: string[]) =>
      `[FILTER]\n    Name ${name}\n    Match app-*\n${tags.map((tag) => `    Rule $log "^a b" ${tag} false\n`).join("")}`;
    await put(grep("web-*"));
    const options = {
      "config-file-type": "s3",
      "config-file-value": "arn:aws:s3:::router-files/own.conf",
    };
    const own = router({ firelensConfiguration: { type: "fluentbit", options }, memory: 64 });
    const { memory: _, cpu: __, ...rest } = definition("in-s3", [own, { ...app(), memory: 64 }]);
    const name = await serve({ ...rest, requiresCompatibilities: ["EC2"], networkMode: "bridge" });
    const ids = async () => (await look(name)).map(({ id }) => id);
    expect(await ids()).toContain("log-router-match");
    const quiet = {
      "a container's tag": grep("app-firelens-*"),
      "the first of several rules": rewrite("rewrite_tag", "web-1", "other") + grep("web-*"),
      "a plugin's name in other letters": rewrite("Rewrite_Tag", "web-1") + grep("web-*"),
      "a rule with more behind it": rewrite("rewrite_tag", "web-1 false") + grep("web-*"),
      "a variable": grep("${TAGS}"),
      "a tag of a file that is included": `@INCLUDE more.conf\n${grep("web-*")}`,
    };
    const said: string[] = [];
    for (const [what, text] of Object.entries(quiet)) {
      await put(text);
      if ((await ids()).includes("log-router-match")) said.push(what);
    }
    expect(said).toEqual([]);
    await put(rewrite("rewrite_tag", "web-1", "other") + grep("webs-*"));
    expect(await ids()).toContain("log-router-match");
    await remove(name);
  });

  test("the words of every entry about routers were read", () => {
    expect(entries.missing).toEqual([]);
  });
});
