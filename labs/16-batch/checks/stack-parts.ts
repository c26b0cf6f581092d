import {
  blocksOf,
  type CheckResult,
  type Container,
  containersOf,
  failed,
  gatewaysOf,
  hint,
  listed,
  parseJsonText,
  type Step,
  type SynthContext,
  type SynthResource,
} from "@workbook/lab-kit";
import { both, type Words } from "@workbook/toolchain";

/** The program that the task runs; see apps/node-app/src/report.js. */
const PROGRAM = "src/report.js";

/** The task definition of the report. */
export interface Report {
  readonly definition: SynthResource;
  readonly container: Container;
}

/** Help where there is no task yet that others could run. */
export const NO_REPORT = hint(
  ["Which task is it that shall run?", "動かすタスクはどれですか。"],
  [
    "One whose container has the command of the report.",
    "コンテナのコマンドがレポートのものであるタスクです。",
  ],
  'command: ["node", "src/report.js"],',
);

/** The task definition that runs the report, where the stack has one. */
export function reportOf({ synth }: SynthContext): Report | undefined {
  for (const definition of synth.all("aws_ecs_task_definition")) {
    const container = containersOf(definition)?.find(({ command }) => command.includes(PROGRAM));
    if (container !== undefined) return { definition, container };
  }
  return undefined;
}

/** Examines the report that others run; fails where there is none. */
export function withReport<F extends string>(
  context: SynthContext,
  examine: (context: SynthContext, report: Report) => CheckResult<F>,
): CheckResult<F | "no-report"> {
  const report = reportOf(context);
  if (report !== undefined) return examine(context, report);
  return failed(
    "no-report",
    ["a task to run", "動かすタスクがある"],
    ["there is none", "ありません"],
  );
}

/** The queue for what goes wrong: the one that the stack has, or the one that a schedule's target names. */
export function queueOf({ synth }: SynthContext): SynthResource | undefined {
  return synth.all("aws_sqs_queue")[0];
}

/** Whether a role lets a service take it on. */
export function trusts(role: SynthResource, service: string): boolean {
  return String(role.attributes["assume_role_policy"] ?? "").includes(`"${service}"`);
}

/** The resources of a type that a value refers to. */
export function referred(
  { synth }: SynthContext,
  from: SynthResource,
  value: unknown,
  type: string,
): readonly SynthResource[] {
  return synth.referredToBy(from, value).filter((each) => each.type === type);
}

/** A block of a block, such as the network of a target; empty where there is none. */
export function inner(
  block: Readonly<Record<string, unknown>> | undefined,
  ...names: readonly string[]
): Readonly<Record<string, unknown>> {
  return names.reduce<Readonly<Record<string, unknown>>>(
    (within, name) => blocksOf(within, name)[0] ?? {},
    block ?? {},
  );
}

/** A target that runs the report: the resource that it stands in, and its parts. */
export interface TaskTarget {
  readonly resource: SynthResource;
  readonly roleArn: unknown;
  /** `ecs_parameters` of a schedule, `ecs_target` of a rule. */
  readonly task: Readonly<Record<string, unknown>>;
  /** The target's block with `dead_letter_config` and `retry_policy`. */
  readonly block: Readonly<Record<string, unknown>>;
  /** JSON, as far as it says how the container differs. */
  readonly input: string;
  /** Who takes on the role. */
  readonly service: string;
}

/** What is asked of every target that runs the report, in the order in which it is missed. */
export const TARGET_FAULTS = [
  "task",
  "network",
  "role",
  "override",
  "retry",
  "dead-letter",
] as const;
export type TargetFault = (typeof TARGET_FAULTS)[number];

/** Goes through what every target that runs the report needs. @param wanted values of variables, by their names */
export function targetSteps(
  context: SynthContext,
  report: Report,
  target: TaskTarget,
  wanted: Readonly<Record<string, string>>,
): readonly Step<TargetFault>[] {
  return [
    ...placeSteps(context, report, target),
    overrideStep(report, target, wanted),
    ...troubleSteps(context, target),
  ];
}

/** What is run, where, and by which role. */
function placeSteps(
  context: SynthContext,
  { definition }: Report,
  { resource, task, roleArn, service }: TaskTarget,
): Step<TargetFault>[] {
  const named = referred(context, resource, task["task_definition_arn"], "aws_ecs_task_definition");
  const roles = referred(context, resource, roleArn, "aws_iam_role");
  const network = inner(task, "network_configuration");
  const subnets = referred(context, resource, network["subnets"], "aws_subnet");
  const isOpen = network["assign_public_ip"] === true;
  return [
    {
      fault: "task",
      expected: ["it runs the report's task definition", "レポートのタスク定義を動かす"],
      actual: both`${["task definition", "タスク定義"]}: ${addresses(named)}`,
      holds: named.includes(definition),
    },
    {
      fault: "network",
      expected: [
        "in the private subnets, without a public address",
        "プライベートサブネットで、パブリックアドレスなしで動かす",
      ],
      actual: both`${["subnets", "サブネット"]}: ${addresses(subnets)}${isOpen ? ", assign_public_ip" : ""}`,
      holds:
        subnets.length > 0 &&
        subnets.every((each) => gatewaysOf(context, each).join() === "aws_nat_gateway") &&
        !isOpen,
    },
    {
      fault: "role",
      expected: [
        `by a role that ${service} may take on`,
        `${service} が引き受けられるロールで動かす`,
      ],
      actual: both`${["role", "ロール"]}: ${addresses(roles)}`,
      holds: roles.some((role) => trusts(role, service)),
    },
  ];
}

/** What the container is told beside what its definition says. */
function overrideStep(
  { container }: Report,
  { input }: TaskTarget,
  wanted: Readonly<Record<string, string>>,
): Step<TargetFault> {
  const variables = variablesIn(input, container.name);
  const seen = Object.keys(wanted).map((name) => `${name}=${variables.get(name) ?? "-"}`);
  return {
    fault: "override",
    expected: both`${["the container is told", "コンテナに伝える"]}: ${Object.entries(wanted)
      .map(([name, value]) => `${name}=${value}`)
      .join(", ")}`,
    actual: both`${["told", "伝えているもの"]}: ${seen.join(", ")}`,
    holds: Object.entries(wanted).every(([name, value]) => variables.get(name) === value),
  };
}

/** What becomes of a run that does not begin. */
function troubleSteps(context: SynthContext, { resource, block }: TaskTarget): Step<TargetFault>[] {
  const { maximum_event_age_in_seconds: age } = inner(block, "retry_policy");
  const letters = referred(context, resource, inner(block, "dead_letter_config"), "aws_sqs_queue");
  return [
    {
      fault: "retry",
      expected: ["it gives up within an hour", "1 時間以内にあきらめる"],
      actual: `maximum_event_age_in_seconds: ${String(age ?? "-")}`,
      holds: Number(age) <= 3600,
    },
    {
      fault: "dead-letter",
      expected: ["what cannot be run goes to the queue", "動かせなかったものがキューに届く"],
      actual: both`${["dead letters", "デッドレター"]}: ${addresses(letters)}`,
      holds: letters.length > 0 && letters.includes(queueOf(context)!),
    },
  ];
}

/** Variables that the overrides in a JSON text give to a container. */
function variablesIn(input: string, name: string): ReadonlyMap<string, string> {
  const parsed = parseJsonText(input) as Overrides | undefined;
  const all = Array.isArray(parsed?.containerOverrides) ? parsed.containerOverrides : [];
  const own = all.filter((each) => each?.name === name).flatMap((each) => each.environment ?? []);
  return new Map(own.map((each) => [String(each.name), String(each.value)]));
}

interface Overrides {
  readonly containerOverrides?: readonly {
    readonly name?: string;
    readonly environment?: readonly { readonly name?: string; readonly value?: string }[];
  }[];
}

/** In words: where things stand in the stack. */
export const addresses = (all: readonly SynthResource[]): Words =>
  listed(all.map(({ address }) => address));

/** A page of AWS's, in both languages. */
export function awsPage(path: string): Words {
  return [`https://docs.aws.amazon.com/${path}`, `https://docs.aws.amazon.com/ja_jp/${path}`];
}
