import type { SynthContext } from "../check.ts";
import { blocksOf, type SynthResource } from "../synth-reader.ts";
import { parseJsonText } from "./wiring.ts";

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
export function allowsAction({ actions }: Statement, action: string): boolean {
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
      allowsAction(statement, action) && target !== undefined && statement.targets.includes(target),
  );
}

/** Whether a statement is about more than the stack's own resources. */
export const isWide = ({ resources }: Statement): boolean =>
  resources.some((each) => each.endsWith("*") && !each.includes("${"));

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
