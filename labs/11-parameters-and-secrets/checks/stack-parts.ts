import {
  type CheckResult,
  type Container,
  containerOf,
  failed,
  hint,
  listed,
  NODE_APP,
  type Statement,
  type SynthContext,
  type SynthResource,
  taskDefinitionsOf,
} from "@workbook/lab-kit";
import { both, type Words } from "@workbook/toolchain";

/** The task of the Node.js app. */
export interface NodeTask {
  readonly definition: SynthResource;
  readonly container: Container;
}

/** Help where there is no such task any more. */
export const NO_TASK = hint(
  ["Which task runs node-app?", "node-app はどのタスクで動きますか。"],
  ["The one that you were given.", "はじめに渡されたタスクです。"],
  'const task = new FargateTask(this, "node_task", { … });',
);

/** Asks something of the task that runs the Node.js app, where there is one. */
export function withTask<Fault extends string>(
  context: SynthContext,
  examine: (context: SynthContext, task: NodeTask) => CheckResult<Fault>,
): CheckResult<Fault | "no-task"> {
  const [definition] = taskDefinitionsOf(context, NODE_APP);
  const container = definition && containerOf(context, NODE_APP, definition);
  return definition === undefined || container === undefined
    ? failed(
        "no-task",
        ["a task definition that runs node-app", "node-app を動かすタスク定義がある"],
        ["there is none", "ありません"],
      )
    : examine(context, { definition, container });
}

/** What a variable of the container is read from, if it is a resource of the type. */
export function sourceOf(
  context: SynthContext,
  { definition, container }: NodeTask,
  variable: string,
  type: string,
): SynthResource | undefined {
  const from = container.secrets.get(variable);
  return context.synth.referredToBy(definition, from).find((each) => each.type === type);
}

/** The role that an attribute of the task definition names. */
export function roleOf(
  context: SynthContext,
  { definition }: NodeTask,
  attribute: "execution_role_arn" | "task_role_arn",
): SynthResource | undefined {
  return context.synth
    .referredToBy(definition, definition.attributes[attribute])
    .find(({ type }) => type === "aws_iam_role");
}

/** In words: an action that shall be allowed. */
export const may = (action: string, target: SynthResource | undefined): Words => [
  `it may ${action} on ${target?.address ?? "-"}`,
  `${target?.address ?? "-"} に ${action} を実行できる`,
];

/** In words: what statements allow. */
export const granted = (statements: readonly Statement[]): Words =>
  both`${["it may", "許可"]}: ${listed(statements.map(({ actions, resources }) => `${actions.join(" ")} → ${resources.join(" ")}`))}`;

/** A page of AWS's, in both languages. */
export function awsPage(path: string): Words {
  return [`https://docs.aws.amazon.com/${path}`, `https://docs.aws.amazon.com/ja_jp/${path}`];
}
