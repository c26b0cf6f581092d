import { LocalAws, SystemClock } from "@workbook/local-aws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { diagnose } from "../../src/diagnosis/diagnose.ts";
import { connectAws, disconnectAws, type AwsClients } from "../../src/live.ts";
import { pollUntil } from "../../src/poll.ts";
import type { Mistake } from "./mistake.ts";
import { HOME, PACE, REGION, Stack } from "./stack.ts";
import { formatTable, type Row } from "./table.ts";
import { stoppingOneMeanwhile } from "./meanwhile.ts";
import { MISTAKES, reproducedBy } from "./mistakes.ts";
import { untilShown } from "./symptoms.ts";
import { pushWebImage } from "./web-image.ts";

const DEADLINE_MS = 60_000;
/** How long a mistake is watched after it was found: until it shows, and no longer than this. */
const SHOWN_MS = 1500;

let cloud: LocalAws;
let aws: AwsClients;
let image: string;
let count = 0;
const errors: string[] = [];

beforeAll(async () => {
  cloud = await LocalAws.start({
    port: 0,
    listeners: "ephemeral",
    // All stacks have the same addresses, each in a VPC of its own.
    tasks: "process",
    homeAddress: HOME,
    clock: new SystemClock(PACE),
    logger: {
      info: () => {},
      error: (message, error) => errors.push(`${message} ${String(error)}`),
    },
  });
  const { accessKeyId, secretAccessKey } = cloud.credentials;
  const credentials = { accessKeyId, secretAccessKey };
  aws = await connectAws({ region: REGION, endpoint: cloud.endpoint, credentials });
  image = await pushWebImage(aws, "nodejs-app", "v1");
});

afterAll(async () => {
  process.stdout.write(formatTable(rows));
  disconnectAws(aws);
  await cloud.stop();
  expect(errors).toEqual([]);
});

const rows: Row[] = [];

/** The names of what is found now, the cause first. */
async function look(stack: Stack): Promise<string[]> {
  const { findings } = await diagnose(aws, stack.scope);
  return findings.map(({ id }) => id);
}

const steady = async (stack: Stack) => {
  const { met } = await pollUntil(
    () => stack.isSteady(),
    (is) => is,
    { deadlineMs: DEADLINE_MS, intervalMs: 50 },
  );
  expect(met, `${stack.cluster} does not come to rest`).toBe(true);
};

async function examine(mistake: Mistake): Promise<Row> {
  const { what, chapter, finding, also = [], node, go, before, after } = mistake;
  count += 1;
  const changes = { ...(node && { node }), ...(go && { go }), ...(before && { before }) };
  const stack = new Stack(aws, { number: count, chapter, image, ...changes });
  await stack.build();
  try {
    if (after) {
      await steady(stack);
      await after(stack);
    }
    const allowed = new Set<string>([finding, ...also]);
    const wrong = new Set<string>();
    const see = async () => {
      const ids = await look(stack);
      for (const id of ids) if (!allowed.has(id)) wrong.add(id);
      return ids;
    };
    const options = { deadlineMs: DEADLINE_MS, intervalMs: 50 };
    const entry = reproducedBy(mistake);
    const wanted = entry ?? finding;
    const { met } = await pollUntil(
      see,
      (ids) => ids.includes(finding) && ids.includes(wanted),
      options,
    );
    // Its entry says in which words, and where, it is to be seen.
    if (entry && met) await untilShown(aws, entry, lookedAt(stack, mistake));
    const { last } = await pollUntil(
      async () => ({ shown: await hasShown(stack), ids: await see() }),
      ({ shown }) => shown,
      { deadlineMs: entry ? 0 : SHOWN_MS, intervalMs: 200 },
    );
    return { what, wanted: finding, first: last.ids[0] ?? "nothing", wrong: [...wrong] };
  } finally {
    await stack.stop();
  }
}

/** Where somebody looks who has a stack before them. */
const lookedAt = (stack: Stack, { asks }: Mistake) => ({
  cluster: stack.cluster,
  services: (stack.scope.expected ?? []).flatMap(({ service }) => service ?? []),
  logGroups: stack.apps.map(({ logGroup }) => logGroup),
  targetGroups: stack.apps.map(({ group }) => group).filter((arn) => arn !== ""),
  ask: asks && (() => asks(stack)),
});

/** Whether the mistake has done what it does: a task has stopped. */
async function hasShown({ cluster }: Stack): Promise<boolean> {
  const { clusterArns = [] } = await aws.ecs.listClusters({});
  if (!clusterArns.some((arn) => arn.endsWith(`/${cluster}`))) return true;
  const { taskArns = [] } = await aws.ecs.listTasks({ cluster, desiredStatus: "STOPPED" });
  return taskArns.length > 1;
}

/** Looks again and again until the stack has come to rest; all that was told meanwhile. */
async function watchUntilSteady(stack: Stack): Promise<string[]> {
  const told: string[] = [];
  const { met } = await pollUntil(
    async () => {
      told.push(...(await look(stack)));
      return stack.isSteady();
    },
    (isSteady) => isSteady,
    { deadlineMs: DEADLINE_MS, intervalMs: 20 },
  );
  expect(met).toBe(true);
  return [...told, ...(await look(stack))];
}

describe("nothing is found in what is well", { concurrent: true }, () => {
  /** Runs a healthy stack; the row counts what was found in it. */
  const healthy = async (
    what: string,
    chapter: 5 | 7 | 8,
    live: (stack: Stack) => Promise<string[]>,
  ) => {
    count += 1;
    const stack = await new Stack(aws, { number: count, chapter, image }).build();
    const told = await live(stack);
    await stack.stop();
    rows.push({ what, wanted: "nothing", first: told[0] ?? "nothing", wrong: [...new Set(told)] });
    return told;
  };

  test.each([5, 7, 8] as const)("while chapter %i's services start", async (chapter) => {
    expect(await healthy(`chapter ${chapter} starts`, chapter, watchUntilSteady)).toEqual([]);
  });

  test("where a service has its VPC's default security group", async () => {
    const told = await healthy("the default security group", 5, async (stack) => {
      const { cluster, node, vpc } = stack;
      await steady(stack);
      await aws.ecs.updateService({
        cluster,
        service: node.name,
        networkConfiguration: { awsvpcConfiguration: { subnets: vpc.privateSubnets } },
      });
      return watchUntilSteady(stack);
    });
    expect(told).toEqual([]);
  });

  test("while a new revision takes the old one's place", async () => {
    const told = await healthy("a rolling update", 7, async (stack) => {
      await steady(stack);
      const environment = [{ name: "PORT", value: "80" }];
      await stack.deploy(stack.node, await stack.register(stack.node, { environment }));
      return watchUntilSteady(stack);
    });
    expect(told).toEqual([]);
  });

  test("while a service grows and shrinks", async () => {
    const told = await healthy("more tasks, and fewer", 7, async (stack) => {
      await steady(stack);
      const change = { cluster: stack.cluster, service: stack.node.name };
      await aws.ecs.updateService({ ...change, desiredCount: 3 });
      const more = await watchUntilSteady(stack);
      await aws.ecs.updateService({ ...change, desiredCount: 1 });
      return [...more, ...(await watchUntilSteady(stack))];
    });
    expect(told).toEqual([]);
  });

  test("while a task that somebody stopped is replaced", async () => {
    const told = await healthy("a stopped task", 7, async (stack) => {
      await steady(stack);
      const { cluster } = stack;
      const { taskArns = [] } = await aws.ecs.listTasks({ cluster });
      await aws.ecs.stopTask({ cluster, task: taskArns[0] });
      return watchUntilSteady(stack);
    });
    expect(told).toEqual([]);
  });

  test("while a task ends between two looks at it", async () => {
    const told = await healthy("a task that ends while it is looked at", 7, async (stack) => {
      await steady(stack);
      const { findings } = await diagnose(stoppingOneMeanwhile(stack), stack.scope);
      return findings.map(({ id }) => id);
    });
    expect(told).toEqual([]);
  });

  test("once what was wrong has been put right", async () => {
    const told = await healthy("a mistake that was mended", 5, async (stack) => {
      await steady(stack);
      const { node } = stack;
      const broken = { environment: [{ name: "CRASH_ON_START", value: "3" }] };
      await stack.deploy(node, await stack.register(node, broken));
      await pollUntil(
        () => look(stack),
        (ids) => ids.includes("container-exits"),
        { deadlineMs: DEADLINE_MS, intervalMs: 50 },
      );
      await stack.deploy(node, await stack.register(node));
      return watchUntilSteady(stack);
    });
    expect(told).toEqual([]);
  });
});

describe("every mistake is found, and nothing else", { concurrent: true }, () => {
  test.each(MISTAKES)("$what: $finding", async (mistake) => {
    const row = await examine(mistake);
    rows.push(row);
    expect(row).toEqual({
      what: mistake.what,
      wanted: mistake.finding,
      first: mistake.finding,
      wrong: [],
    });
  });
});
