import { text } from "@workbook/toolchain";
import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult, SynthContext } from "../check.ts";
import { hint } from "../hint.ts";
import type { SynthResource } from "../synth-reader.ts";
import { blocksOf } from "../synth-reader.ts";
import type { WebApp } from "../web-app.ts";
import { GO_APP } from "../web-app.ts";
import { listed, repositoryName, taskDefinitionsOf } from "./wiring.ts";

const MANAGED_POLICY = "AmazonECSTaskExecutionRolePolicy";
const EXTRA_ACTIONS = ["ssm:GetParameters", "kms:Decrypt"];
const GUIDE =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html";
const GUIDE_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/task_execution_IAM_role.html";

const SHARED_ROLE = "executionRoleArn: executionRole.arn,";

function faultsFor({ container }: WebApp) {
  // The Go app takes the role that is there; chapter 6, about the Node.js app, writes it out.
  const line = (writtenOut: string) => (container === GO_APP.container ? SHARED_ROLE : writtenOut);
  return {
    "no-role": hint(
      ["As whom does ECS pull the image?", "ECS は何の権限でイメージをプルしますか。"],
      [`With the task execution role: ${GUIDE}`, `タスク実行ロールです: ${GUIDE_JA}`],
      SHARED_ROLE,
    ),
    trust: hint(
      ["Who is allowed to take this role?", "このロールを引き受けられるのは誰ですか。"],
      [
        `The role's trust policy has to name the service ecs-tasks.amazonaws.com: ${GUIDE}`,
        `信頼ポリシーに ecs-tasks.amazonaws.com を書きます: ${GUIDE_JA}`,
      ],
      line(
        `assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }] }),`,
      ),
    ),
    "no-managed-policy": hint(
      [
        "What may the role do? Can it pull from ECR?",
        "このロールは何ができますか。ECR からプルできますか。",
      ],
      [
        `Begin with AWS's managed policy ${MANAGED_POLICY}: ${GUIDE}`,
        `AWS 管理ポリシー ${MANAGED_POLICY} を土台にします: ${GUIDE_JA}`,
      ],
      line(
        `new DataAwsIamPolicy(this, "…", { arn: "arn:aws:iam::aws:policy/service-role/${MANAGED_POLICY}" })`,
      ),
    ),
    "no-parameters": hint(
      [
        "Which two actions does ECS need to hand a secret parameter to a container?",
        "ECS がコンテナに秘密のパラメーターを渡すには、どの 2 つのアクションが必要ですか。",
      ],
      [
        "Reading the parameter and decrypting it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html",
        "パラメーターの取得と復号です: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html",
      ],
      line(
        `statement: [{ effect: "Allow", actions: ["ssm:GetParameters", "kms:Decrypt"], resources: ["*"] }],`,
      ),
    ),
  };
}

type Fault = keyof ReturnType<typeof faultsFor>;

/** The role that an app's task is started with: AWS's managed policy, extended to read encrypted parameters. */
export function hasExecutionRole(id: string, app: WebApp): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([`The execution role of ${app.container}`, `${app.container} のタスク実行ロール`]),
    faults: faultsFor(app),
    run(context) {
      const [definition] = taskDefinitionsOf(context, app);
      const [role] = definition
        ? context.synth.referredToBy(definition, definition.attributes["execution_role_arn"])
        : [];
      if (role?.type !== "aws_iam_role") {
        return failed(
          "no-role",
          [
            `the task of ${repositoryName(context, app)} has an execution role`,
            `${repositoryName(context, app)} のタスクにタスク実行ロールがある`,
          ],
          ["it has none", "ありません"],
        );
      }
      return examine(context, role);
    },
  });
}

function examine(context: SynthContext, role: SynthResource): CheckResult<Fault> {
  const trust = everythingIn(context, role, role.attributes["assume_role_policy"]);
  if (!trust.includes("ecs-tasks.amazonaws.com")) {
    return failed(
      "trust",
      [
        "ecs-tasks.amazonaws.com may take the role",
        "ecs-tasks.amazonaws.com がロールを引き受けられる",
      ],
      [
        `${role.address} trusts ${trust || "nobody"}`,
        `${role.address} を引き受けられるもの: ${trust || "なし"}`,
      ],
    );
  }
  const grants = grantsOf(context, role);
  if (!grants.includes(MANAGED_POLICY)) {
    return failed(
      "no-managed-policy",
      [`the permissions of ${MANAGED_POLICY}`, `${MANAGED_POLICY} の権限がある`],
      [`${role.address} has others`, `${role.address} にあるのは別の権限です`],
    );
  }
  const missing = EXTRA_ACTIONS.filter((action) => !grants.includes(`"${action}"`));
  const extra = listed(EXTRA_ACTIONS);
  const expected = text([
    `${MANAGED_POLICY}, extended with ${extra.en}`,
    `${MANAGED_POLICY} に ${extra.ja} を加えた権限`,
  ]);
  const lacking = listed(missing);
  if (missing.length > 0)
    return failed("no-parameters", expected, [
      `${role.address} may not ${lacking.en}`,
      `${role.address} に許可されていない操作: ${lacking.ja}`,
    ]);
  return passed(expected, [
    `${role.address}, taken by ecs-tasks.amazonaws.com, has ${expected.en}`,
    `${role.address} (ecs-tasks.amazonaws.com が引き受けます): ${expected.ja}`,
  ]);
}

/** What the policies of a role say, one after the other. */
export function grantsOf(context: SynthContext, role: SynthResource): string {
  return [
    ...policiesOf(context, role, "aws_iam_role_policy", "policy"),
    ...policiesOf(context, role, "aws_iam_role_policy_attachment", "policy_arn"),
    ...blocksOf(role.attributes, "inline_policy").map(({ policy }) =>
      everythingIn(context, role, policy),
    ),
    everythingIn(context, role, role.attributes["managed_policy_arns"]),
  ].join("\n");
}

/** What the resources of a type that belong to a role say in one attribute. */
function policiesOf(
  context: SynthContext,
  role: SynthResource,
  type: string,
  attribute: string,
): string[] {
  return context.synth
    .referringTo(role, type, "role")
    .map((resource) => everythingIn(context, resource, resource.attributes[attribute]));
}

/** A value as text, followed by what it refers to, to any depth: policy documents are made of others. */
function everythingIn(context: SynthContext, from: SynthResource, value: unknown): string {
  const texts: string[] = [];
  const visited = new Set<SynthResource>();
  const visit = (resource: SynthResource, part: unknown): void => {
    // A policy given as JSON text escapes its quotes when it is written as JSON again.
    texts.push(typeof part === "string" ? part : JSON.stringify(part ?? ""));
    for (const next of context.synth.referredToBy(resource, part)) {
      if (visited.has(next)) continue;
      visited.add(next);
      visit(next, next.attributes);
    }
  };
  visit(from, value);
  return texts.join("\n").replaceAll('\\"', '"');
}
