import type { Task } from "@aws-sdk/client-ecs";
import {
  type Check,
  type CheckResult,
  defineCheck,
  deployedService,
  failed,
  hint,
  type LiveContext,
  passed,
  pollUntil,
  runningTasks,
  serviceNames,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { EPHEMERAL, type ModeApp } from "./modes.ts";

const DEADLINE_MS = 60_000;

/** A task as the load balancer is to know it: on which instance, under which address and port. */
interface Place {
  readonly instance: string;
  /** `i-…:32768`, `i-…:3000` or `10.0.10.5:3000`. */
  readonly target: string;
  readonly port: number;
}

interface Look {
  readonly places: readonly Place[];
  readonly targets: readonly string[];
}

const FAULTS = {
  targets: hint(
    [
      "Compare describe-tasks with describe-target-health. Which port is which?",
      "describe-tasks と describe-target-health を比べてください。どのポートがどれですか。",
    ],
    [
      "The service registers each task where it is reached: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html",
      "サービスは、タスクに届く場所を登録します: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/alb.html",
    ],
    "./workbook status",
  ),
  placed: hint(
    ["On which instances are the tasks?", "タスクはどのインスタンスにありますか。"],
    [
      "binpack puts both on one, and a port that is there once keeps them apart: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html",
      "binpack なら 1 台に集まり、1 つしかないポートを使うなら別々になります: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/task-placement-strategies.html",
    ],
    "./workbook aws ecs describe-tasks --cluster … --tasks …",
  ),
  port: hint(
    ["Who has chosen this port?", "このポートを選んだのは誰ですか。"],
    [
      "In bridge Docker has, out of 32768 to 60999; in the other modes it is the container's: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/networking-networkmode.html",
      "bridge では Docker が 32768〜60999 から選びます。ほかのモードではコンテナのポートです: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/networking-networkmode.html",
    ],
    'const hostPort = networkMode === "bridge" ? 0 : 3000;',
  ),
};

/** The tasks of a mode are where the mode puts them, and the load balancer asks them there. */
export function isReachedThere(id: string, app: ModeApp, title: Words): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text(title),
    faults: FAULTS,
    async run(context) {
      const { met, last } = await pollUntil(() => look(context, app), agrees, {
        deadlineMs: context.deadlineMs ?? DEADLINE_MS,
      });
      return examine(app, last, met);
    },
  });
}

function agrees({ places, targets }: Look): boolean {
  const wanted = places.map(({ target }) => target).toSorted();
  return wanted.length === 2 && wanted.join() === targets.toSorted().join();
}

function examine(
  { networkMode, port }: ModeApp,
  { places, targets }: Look,
  met: boolean,
): CheckResult<keyof typeof FAULTS> {
  const actual = both`${["tasks", "タスク"]}: ${told(places)}; ${["targets", "ターゲット"]}: ${targets.join(", ") || "-"}`;
  const onInstances = new Set(places.map(({ instance }) => instance)).size;
  const isEphemeral = (each: number) => EPHEMERAL.from <= each && each <= EPHEMERAL.to;
  const expected = EXPECTED[networkMode];
  if (!met) return failed("targets", expected, actual);
  if (
    !places.every((each) =>
      networkMode === "bridge" ? isEphemeral(each.port) : each.port === port,
    )
  )
    return failed("port", expected, actual);
  const isPlaced = networkMode === "bridge" ? onInstances === 1 : onInstances === 2;
  return isPlaced ? passed(expected, actual) : failed("placed", expected, actual);
}

const EXPECTED: Readonly<Record<ModeApp["networkMode"], Words>> = {
  bridge: [
    "2 tasks on one instance, each a target by that instance and a port that Docker chose",
    "2 つのタスクが 1 台のインスタンスにあり、そのインスタンスと Docker が選んだポートでターゲットになっている",
  ],
  host: [
    "2 tasks on two instances, each a target by its instance and port 3000",
    "2 つのタスクが 2 台のインスタンスにあり、インスタンスとポート 3000 でターゲットになっている",
  ],
  awsvpc: [
    "2 tasks on two instances, each a target by its own address and port 3000",
    "2 つのタスクが 2 台のインスタンスにあり、自分のアドレスとポート 3000 でターゲットになっている",
  ],
};

const told = (places: readonly Place[]): string =>
  places.map(({ instance, target }) => `${target} (${instance})`).join(", ") || "-";

async function look(context: LiveContext, app: ModeApp): Promise<Look> {
  const service = await deployedService(context, app);
  const names = serviceNames(context, app);
  const tasks = await runningTasks(context, names);
  const TargetGroupArn = service.loadBalancers?.[0]?.targetGroupArn;
  const [instances, { TargetHealthDescriptions = [] }] = await Promise.all([
    instancesOf(context, names.cluster, tasks),
    context.aws.elbv2.describeTargetHealth({ TargetGroupArn }),
  ]);
  return {
    places: tasks.map((task) => placeOf(app, task, instances)),
    targets: TargetHealthDescriptions.filter(
      ({ TargetHealth }) => TargetHealth?.State !== "draining",
    ).map(({ Target }) => `${Target?.Id}:${Target?.Port}`),
  };
}

/** The ids of the EC2 instances of tasks, by their container instance. */
async function instancesOf(
  { aws }: LiveContext,
  cluster: string,
  tasks: readonly Task[],
): Promise<ReadonlyMap<string, string>> {
  const arns = [
    ...new Set(tasks.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? [])),
  ];
  if (arns.length === 0) return new Map();
  const { containerInstances = [] } = await aws.ecs.describeContainerInstances({
    cluster,
    containerInstances: arns,
  });
  return new Map(
    containerInstances.map(({ containerInstanceArn = "", ec2InstanceId = "" }) => [
      containerInstanceArn,
      ec2InstanceId,
    ]),
  );
}

function placeOf(
  { networkMode, port: own }: ModeApp,
  { containerInstanceArn = "", containers = [] }: Task,
  instances: ReadonlyMap<string, string>,
): Place {
  const instance = instances.get(containerInstanceArn) ?? "-";
  const [container] = containers;
  if (networkMode === "awsvpc") {
    const address = container?.networkInterfaces?.[0]?.privateIpv4Address ?? "-";
    return { instance, target: `${address}:${own}`, port: own };
  }
  const port = container?.networkBindings?.[0]?.hostPort ?? 0;
  return { instance, target: `${instance}:${port}`, port };
}
