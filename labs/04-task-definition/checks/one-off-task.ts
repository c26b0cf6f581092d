import type { Task } from "@aws-sdk/client-ecs";

import { text, type Words } from "@workbook/toolchain";
import {
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  groupNamed,
  listed,
  type LiveContext,
  passed,
  pollUntil,
  readNetwork,
  subnetsOf,
  type WebApp,
} from "@workbook/lab-kit";
import { ONE_OFF_FAULTS } from "./one-off-task-hints.ts";

type Fault = keyof typeof ONE_OFF_FAULTS;

/** A task on Fargate needs its minute on AWS, most of it for capacity and the image. */
const DEADLINE_MS = 180_000;
/** Neither what a program does when all is well, nor what a shell or a signal makes of it. */
const EXIT_CODE = 7;
const COMMAND = ["node", "-e", `process.exit(${EXIT_CODE})`];

/**
 * A standalone task of the app's newest revision, in a private subnet, runs a command of its own instead of the image's and
 * stops with that command's exit code.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/standalone-task-create.html
 */
export function runsOneOffTask(id: string, app: WebApp): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "A standalone task runs a command and stops with its exit code",
      "スタンドアロンタスクがコマンドを実行し、その終了コードで停止する",
    ]),
    faults: ONE_OFF_FAULTS,
    run: (context) => examine(context, app),
  });
}

/** Where a task is to run. */
interface Place {
  readonly cluster: string;
  readonly subnets: string[];
  readonly securityGroups: string[];
}

async function examine(context: LiveContext, app: WebApp): Promise<CheckResult<Fault>> {
  const { owner, aws } = context;
  const family = `${app.container}-${owner}`;
  const command = COMMAND.join(" ");
  const expected: Words = [
    `a task of ${family} that runs ${command} and stops with exit code ${EXIT_CODE}`,
    `${family} のタスクが ${command} を実行し、終了コード ${EXIT_CODE} で止まる`,
  ];
  const place = await placeFor(context, app);
  if (place === undefined)
    return failed("not-deployed", expected, [
      `no private subnet, or no security group ${family}`,
      `プライベートサブネットか、セキュリティグループ ${family} がありません`,
    ]);
  const started = await start(context, app, place);
  if (started instanceof Error)
    return failed(
      isAboutRole(started.message) ? "role" : "refused",
      expected,
      `${started.name}: ${started.message}`,
    );
  const { cluster } = place;
  const look = async () => {
    const { tasks = [] } = await aws.ecs.describeTasks({ cluster, tasks: [started] });
    return tasks[0];
  };
  const { met, last } = await pollUntil(look, (task) => task?.lastStatus === "STOPPED", {
    deadlineMs: context.deadlineMs ?? DEADLINE_MS,
  });
  if (!met) {
    await aws.ecs.stopTask({ cluster, task: started, reason: "The check that started it gave up" });
    return failed("slow", expected, [
      `${started} is ${last?.lastStatus ?? "not there"}`,
      `${started} の状態: ${last?.lastStatus ?? "見つかりません"}`,
    ]);
  }
  return judge(app, expected, last);
}

async function placeFor(context: LiveContext, app: WebApp): Promise<Place | undefined> {
  const network = await readNetwork(context);
  if (network === undefined) return undefined;
  const group = groupNamed(network, `${app.container}-${context.owner}`)?.GroupId;
  const subnets = subnetsOf(network, "private").flatMap(({ SubnetId }) => SubnetId ?? []);
  if (group === undefined || subnets.length === 0) return undefined;
  return { cluster: `workbook-${context.owner}`, subnets, securityGroups: [group] };
}

/** Starts the task. @returns its ARN, or what ECS said instead */
async function start(
  { aws, owner }: LiveContext,
  app: WebApp,
  { cluster, subnets, securityGroups }: Place,
): Promise<string | Error> {
  try {
    const { tasks = [], failures = [] } = await aws.ecs.runTask({
      cluster,
      taskDefinition: `${app.container}-${owner}`,
      launchType: "FARGATE",
      startedBy: "workbook-check",
      networkConfiguration: {
        awsvpcConfiguration: { subnets, securityGroups, assignPublicIp: "DISABLED" },
      },
      overrides: { containerOverrides: [{ name: app.container, command: COMMAND }] },
    });
    const arn = tasks[0]?.taskArn;
    return arn ?? new Error(failures.map(({ reason }) => reason).join(", "));
  } catch (error) {
    if (error instanceof Error && REFUSALS.has(error.name)) return error;
    throw error;
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html#API_RunTask_Errors */
const REFUSALS = new Set([
  "ClientException",
  "InvalidParameterException",
  "ClusterNotFoundException",
]);

function judge(app: WebApp, expected: Words, task: Task | undefined): CheckResult<Fault> {
  const container = task?.containers?.find(({ name }) => name === app.container);
  const reasons = [task?.stoppedReason, container?.reason].filter((reason) => reason !== undefined);
  const exitCode = container?.exitCode;
  const revision = task?.taskDefinitionArn?.split("/").at(-1);
  const told = listed(reasons);
  const actual = text([
    `a task of ${revision} stopped with exit code ${exitCode ?? "none"}: ${told.en}`,
    `${revision} のタスクが終了コード ${exitCode ?? "なし"} で止まりました: ${told.ja}`,
  ]);
  if (exitCode === EXIT_CODE) return passed(expected, actual);
  return failed(
    exitCode === undefined ? faultIn(reasons.join("\n")) : "exit-code",
    expected,
    actual,
  );
}

/** AWS's codes and fixed words; https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
function faultIn(reason: string): Fault {
  if (isAboutRole(reason)) return "role";
  if (/i\/o timeout|connection issue|context deadline exceeded/i.test(reason)) return "no-way-out";
  return /CannotPull/.test(reason) ? "image" : "exit-code";
}

function isAboutRole(words: string): boolean {
  return /AccessDenied|is not authorized|assume (?:the )?role/i.test(words);
}
