import {
  blocksOf,
  type CheckResult,
  type Container,
  containerOf,
  failed,
  hint,
  listed,
  NODE_APP,
  parseJsonText,
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

/** A statement of a policy that is written in the stack. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** What the resources refer to. */
  readonly targets: readonly SynthResource[];
}

/** What the stack's own policies allow a role; AWS's managed policies are not among them. */
export function allowedBy(context: SynthContext, role: SynthResource): readonly Statement[] {
  const { synth } = context;
  const inline = synth.referringTo(role, "aws_iam_role_policy", "role");
  const attached = synth
    .referringTo(role, "aws_iam_role_policy_attachment", "role")
    .flatMap((each) => synth.referredToBy(each, each.attributes["policy_arn"]))
    .filter(({ type }) => type === "aws_iam_policy");
  return [...inline, ...attached].flatMap((policy) => statementsOf(context, policy));
}

/** The statements of a policy's document: JSON, or a data source. */
export function statementsOf(context: SynthContext, policy: SynthResource): readonly Statement[] {
  const text = String(policy.attributes["policy"] ?? "");
  const toStatement = (from: SynthResource, actions: unknown, resources: unknown): Statement => ({
    actions: [actions ?? []].flat().map(String),
    resources: [resources ?? []].flat().map(String),
    targets: context.synth.referredToBy(from, resources),
  });
  const document = parseJsonText(text);
  if (isRecord(document)) {
    return [document["Statement"]]
      .flat()
      .filter(isRecord)
      .filter(({ Effect }) => Effect === "Allow")
      .map(({ Action, Resource }) => toStatement(policy, Action, Resource));
  }
  return context.synth
    .referredToBy(policy, text)
    .filter(({ address }) => address.startsWith("data.aws_iam_policy_document."))
    .flatMap((data) =>
      blocksOf(data.attributes, "statement")
        .filter(({ effect = "Allow" }) => effect === "Allow")
        .map(({ actions, resources }) => toStatement(data, actions, resources)),
    );
}

/** Whether a statement allows an action, be it by a wildcard. */
export function names({ actions }: Statement, action: string): boolean {
  return actions.some((pattern) => {
    const [start = "", ...rest] = pattern.toLowerCase().split("*");
    const wanted = action.toLowerCase();
    return rest.length === 0 ? start === wanted : wanted.startsWith(start);
  });
}

/** Whether one of the statements allows an action on a resource of the stack, by its name and not by `*`. */
export function allows(
  statements: readonly Statement[],
  action: string,
  target: SynthResource | undefined,
): boolean {
  return statements.some(
    (statement) =>
      names(statement, action) && target !== undefined && statement.targets.includes(target),
  );
}

/** Whether a statement is about more than the stack's own resources. */
export const isWide = ({ resources }: Statement) =>
  resources.some((each) => each.endsWith("*") && !each.includes("${"));

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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
