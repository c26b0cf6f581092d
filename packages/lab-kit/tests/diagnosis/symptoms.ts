import { expect } from "vitest";

import type { AwsClients } from "../../src/live.ts";
import { failureOf, symptomPattern } from "../../src/failures/catalogue.ts";
import type { Place } from "../../src/failures/failure.ts";
import { pollUntil } from "../../src/poll.ts";

/** What somebody looks at who has a cluster and its services before them. */
export interface Looked {
  readonly cluster: string;
  readonly services: readonly string[];
  readonly logGroups?: readonly string[];
  readonly targetGroups?: readonly string[];
  /** Asks for what is refused. */
  readonly ask?: (() => Promise<unknown>) | undefined;
}

type Look = (aws: AwsClients, looked: Looked) => Promise<string>;

const services: Look = async ({ ecs }, { cluster, services: names }) => {
  const answer = await ecs.describeServices({ cluster, services: [...names] });
  return JSON.stringify({ services: answer.services, failures: answer.failures });
};

const tasks = async ({ ecs }: AwsClients, { cluster }: Looked) => {
  const lists = await Promise.all(
    (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
      ecs.listTasks({ cluster, desiredStatus }),
    ),
  );
  const arns = lists.flatMap(({ taskArns = [] }) => taskArns).slice(0, 100);
  if (arns.length === 0) return [];
  return (await ecs.describeTasks({ cluster, tasks: arns })).tasks ?? [];
};

/** The words of an error; nothing where there is none. */
const refusal = async (ask: (() => Promise<unknown>) | undefined): Promise<string> => {
  try {
    await ask?.();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

const balancers: Look = async ({ elbv2 }, { cluster }) => {
  const { LoadBalancers = [] } = await elbv2.describeLoadBalancers({});
  const own = LoadBalancers.filter(({ LoadBalancerName = "" }) =>
    [cluster, cluster.replace("workbook", "other")].includes(LoadBalancerName),
  );
  const listeners = await Promise.all(
    own.map(({ LoadBalancerArn }) => elbv2.describeListeners({ LoadBalancerArn })),
  );
  return JSON.stringify([own, listeners]);
};

const logLines: Look = async ({ logs }, { logGroups = [] }) => {
  const found = await Promise.all(
    logGroups.map((logGroupName) => logs.filterLogEvents({ logGroupName })),
  );
  return found.flatMap(({ events = [] }) => events.map(({ message = "" }) => message)).join("\n");
};

const logStreams: Look = async ({ logs }, { logGroups = [] }) => {
  const found = await Promise.all(
    logGroups.map((logGroupName) => logs.describeLogStreams({ logGroupName })),
  );
  return found.map(({ logStreams: streams }) => JSON.stringify({ logStreams: streams })).join("\n");
};

const LOOKS: Partial<Readonly<Record<Place, Look>>> = {
  service: services,
  rollout: services,
  event: async ({ ecs }, { cluster, services: names }) => {
    const answer = await ecs.describeServices({ cluster, services: [...names] });
    const events = answer.services!.flatMap((each) => each.events ?? []);
    return events.map(({ message = "" }) => message).join("\n");
  },
  stopped: async (aws, looked) =>
    (await tasks(aws, looked)).map(({ stoppedReason = "" }) => stoppedReason).join("\n"),
  container: async (aws, looked) =>
    (await tasks(aws, looked))
      .flatMap(({ containers = [] }) => containers)
      .map((each) => `${JSON.stringify(each)} ${each.reason ?? ""}`)
      .join("\n"),
  log: logLines,
  stream: logStreams,
  target: async ({ elbv2 }, { targetGroups = [] }) => {
    const found = await Promise.all(
      targetGroups.map((TargetGroupArn) => elbv2.describeTargetHealth({ TargetGroupArn })),
    );
    return JSON.stringify(found);
  },
  balancer: balancers,
  refused: (_, { ask }) => refusal(ask),
  exec: (_, { ask }) => refusal(ask),
};

/** Looks where the catalogue says that a fault shows first, until its words are there. */
export async function untilShown(aws: AwsClients, id: string, looked: Looked): Promise<void> {
  const { seen } = failureOf(id)!;
  await untilSaid(id, () => LOOKS[seen]!(aws, looked));
}

/** The same, where somebody else knows how to look. */
export async function untilSaid(id: string, look: () => Promise<string>): Promise<void> {
  const words = symptomPattern(failureOf(id)!);
  const { met, last } = await pollUntil(look, (text) => words.test(text), {
    deadlineMs: 60_000,
    intervalMs: 50,
  });
  if (!met) expect(last, `the words of ${id}`).toMatch(words);
}
