import { both, type Words, text } from "@workbook/toolchain";
import { findCloud, type RunningCloud } from "../cloud/cloud.ts";
import { describePace, paceOf } from "../cloud/pace.ts";
import { describeTierHere } from "../cloud/container-runtime.ts";
import type { TaskFacts } from "../cloud/task-tier.ts";
import { countHoldings, type Holdings } from "../cloud/holdings.ts";
import { describeDropped, type LogStorage } from "../cloud/log-storage.ts";
import { describePending, describePipeline, readPipelines } from "../cloud/pipelines.ts";
import { readTopology, type TopologyNode } from "../cloud/topology.ts";
import { connectAws, type Diagnosis, disconnectAws, type Finding } from "@workbook/lab-kit";
import { diagnose } from "@workbook/lab-kit/diagnosis";
import { diagnosisScope } from "../target/diagnosis-scope.ts";
import { laneFolder } from "../lane/end-lane.ts";
import { describeLane, laneStatus } from "../lane/lane-status.ts";
import { style } from "../output/style.ts";
import type { Session } from "../session.ts";
import {
  describeProblem,
  effectiveListeners,
  listenerUrl,
  NOT_REACHABLE,
  type EffectiveListener,
} from "../cloud/listeners.ts";
import { nextStep } from "../output/next.ts";
import { ownerOf } from "../workspace.ts";

const NOT_RUNNING = ["Local AWS is not running.", "Local AWS は動いていません。"] as const;
const PROVIDER = ["Terraform's provider", "Terraform のプロバイダー"] as const;
const NO_TARGET = ["no target", "ターゲットではありません"] as const;

/** What runs: the cloud, its services, tasks and addresses. */
export async function statusCommand(session: Session): Promise<number> {
  const cloud = await findCloud(session.workspace);
  if (!cloud) return sayNotRunning(session);
  const { endpoint, pid, dataDir, health } = cloud;
  const owner = ownerOf(session.workspace);
  const cluster = `workbook-${owner}`;
  const resources = await readTopology(endpoint);
  const listeners = await effectiveListeners(endpoint);
  const services = of(resources, "ecs.service")
    .map((service) => describeService(service, resources))
    // Terraform makes them in any order.
    .toSorted((a, b) => a.name.localeCompare(b.name));
  const pipelines = await readPipelines(endpoint);
  const { findings } = await diagnoseAll(session);
  const provider = await laneStatus(laneFolder(session.workspace), process.env);
  const tier = await describeTierHere(session.workspace, health["tasks"] as TaskFacts);
  const why = findings.map(({ id, subjects, cause }) => ({ id, subjects, cause: text(cause) }));
  session.result(
    {
      running: true,
      endpoint,
      pid,
      dataDir,
      health,
      provider,
      owner,
      cluster,
      services,
      pipelines,
      listeners,
      why,
    },
    [
      session.say(heading(cloud, describePace(paceOf(cloud)))),
      style.quiet(session.say(both`  ${tier}`)),
      style.quiet(session.say(both`  ${PROVIDER}: ${describeLane(provider)}`)),
      ...describeDropped(health["logs"] as LogStorage | undefined).map((line) => session.say(line)),
      ...services.map((service) => formatService(session, service, findings)),
      ...listeners.map((listener) => formatListener(session, listener)),
      ...pipelines.flatMap((each) => ["", ...describePipeline(each).map((it) => session.say(it))]),
      ...describePending(resources).map((line) => `\n${session.say(line)}`),
      "",
      session.say(describeNames(cluster, countHoldings(resources))),
      "",
      session.say(next(services.length, findings.length)),
    ].join("\n"),
  );
  return 0;
}

function sayNotRunning(session: Session): number {
  const next = nextStep("./workbook run", "./workbook cloud up");
  session.result({ running: false }, both`${NOT_RUNNING}\n\n${next}`);
  return 0;
}

/** Why what runs does not do what it should; nothing where there is nothing that could. */
async function diagnoseAll(session: Session): Promise<Pick<Diagnosis, "findings">> {
  const target = await session.target.reach();
  const aws = await connectAws(target.connection);
  try {
    const { findings } = await diagnose(aws, await diagnosisScope(target));
    return { findings: findings.filter(({ id }) => id !== "cluster-missing") };
  } finally {
    disconnectAws(aws);
  }
}

interface ServiceStatus {
  readonly name: string;
  readonly desired: number;
  readonly tasks: readonly {
    readonly id: string;
    readonly status: string;
    readonly address: string;
    /** As AWS says it; null where it is nobody's target. */
    readonly health: string | null;
  }[];
  readonly lastEvent: string | undefined;
  /** What the primary deployment's tasks ask for and do not have here. */
  readonly goesWithout: string | undefined;
}

function of(resources: readonly TopologyNode[], kind: string): readonly TopologyNode[] {
  return resources.filter((resource) => resource.kind === kind);
}

function describeService(
  { id, value }: TopologyNode,
  resources: readonly TopologyNode[],
): ServiceStatus {
  const healths = of(resources, "elbv2.target-health");
  const tasks = of(resources, "ecs.task").filter((task) => task.value["serviceArn"] === id);
  const events = value["events"] as readonly { message: string }[];
  const deployments = value["deployments"] as readonly { id: string; status: string }[];
  return {
    name: String(value["name"]),
    desired: Number(value["desiredCount"]),
    tasks: tasks.map((task) => {
      const { address, target } = placeOf(task, resources);
      const health = healths.find(({ value: each }) => target(each))?.value;
      const reason = health?.["reason"] === undefined ? "" : ` (${String(health["reason"])})`;
      return {
        id: task.id.split("/").at(-1)!,
        status: String(task.value["lastStatus"]),
        address,
        health: health ? `${String(health["state"])}${reason}` : null,
      };
    }),
    lastEvent: events[0]?.message,
    goesWithout: goesWithout(
      events.map(({ message }) => message),
      deployments.find(({ status }) => status === "PRIMARY")?.id ?? "",
    ),
  };
}

/** Where a task is reached, and which targets are it: by an address of its own, or by its instance and a port that it has there. */
export function placeOf(
  { value }: TopologyNode,
  resources: readonly TopologyNode[],
): { readonly address: string; target(health: TopologyNode["value"]): boolean } {
  const address = value["privateIpAddress"];
  if (address !== undefined)
    return { address: String(address), target: ({ id }) => id === address };
  const registered = of(resources, "ecs.container-instance").find(
    (each) => each.id === value["containerInstanceArn"],
  );
  const instance = registered?.value["ec2InstanceId"];
  if (instance === undefined) return { address: "", target: () => false };
  const containers = value["containers"] as readonly {
    readonly bindings: readonly { readonly hostPort?: number }[];
  }[];
  const ports = containers.flatMap(({ bindings }) =>
    bindings.flatMap(({ hostPort }) => hostPort ?? []),
  );
  return {
    address: [String(instance), ...ports.slice(0, 1)].join(":"),
    target: ({ id, port }) => id === instance && ports.includes(Number(port)),
  };
}

/** What the events of a service say that tasks of the deployment go without; undefined where they have all. */
export function goesWithout(messages: readonly string[], deployment: string): string | undefined {
  for (const message of messages) {
    const what = /which go without: (.*)\.$/.exec(message)?.[1];
    if (what !== undefined && message.includes(deployment)) return what;
  }
  return undefined;
}

function heading({ endpoint, pid }: RunningCloud, pace: Words): Words {
  return both`${style.good("●")} Local AWS  ${style.name(endpoint)}  ${["process", "プロセス"]} ${pid}, ${pace}`;
}

/** A service with what is wrong with it, in a line, in the place of what it said last. */
function formatService(
  session: Session,
  { name, desired, tasks, lastEvent, goesWithout }: ServiceStatus,
  findings: readonly Finding[],
): string {
  const wrong = findings.find(({ subjects }) => subjects.includes(name));
  const running = tasks.filter(({ status }) => status === "RUNNING").length;
  const count = session.say([`${running}/${desired} running`, `実行中 ${running}/${desired}`]);
  const lines = [`\n${style.name(name)}  ${count}`];
  for (const { id, status, address, health } of tasks) {
    const told = health ?? session.say(NO_TARGET);
    lines.push(`  ${id.slice(0, 12)}  ${status.padEnd(12)} ${address.padEnd(15)} ${told}`);
  }
  if (goesWithout)
    lines.push(
      session.say([
        `  goes without, as a plain process: ${goesWithout}`,
        `  プロセスとして動くため反映されないもの: ${goesWithout}`,
      ]),
    );
  if (wrong) lines.push(`  ${style.bad("✗")} ${session.say(wrong.cause)}`);
  else if (lastEvent) lines.push(style.quiet(`  ${lastEvent}`));
  return lines.join("\n");
}

function formatListener(session: Session, listener: EffectiveListener): string {
  const url = listenerUrl(listener);
  const problem = listener.problem ? `  ${session.say(describeProblem(listener.problem))}` : "";
  return `\n${style.name(url ?? session.say(NOT_REACHABLE))}  ${listener.dnsName}:${listener.port}${problem}`;
}

/** What things are called, and what a chapter that is begun would take away. */
function describeNames(cluster: string, { resources }: Holdings): Words {
  return resources === 0
    ? [
        `Cluster: ${cluster}. Nothing is deployed.`,
        `クラスター: ${cluster}。何もデプロイされていません。`,
      ]
    : [
        `Cluster: ${cluster}. Starting a chapter replaces all this, and keeps it.`,
        `クラスター: ${cluster}。章を始めると、これに代わります (取っておかれます)。`,
      ];
}

function next(services: number, findings: number): Words {
  if (findings > 0) return nextStep("./workbook why");
  return services > 0
    ? nextStep("./workbook logs", "./workbook check")
    : nextStep("./workbook run");
}
