import {
  blocksOf,
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  listed,
  type Step,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { awsPage, canaryOf, ignoredBy, referred } from "./stack-parts.ts";

const CONTROLLER = awsPage("AmazonECS/latest/developerguide/deployment-type-bluegreen.html");
const GROUPS = awsPage("codedeploy/latest/userguide/deployment-groups-create-ecs.html");
const CONFIGS = awsPage("codedeploy/latest/userguide/deployment-configurations.html");
const ROLE = awsPage("AmazonECS/latest/developerguide/codedeploy_IAM_role.html");
const IGNORE = "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle";

const FAULTS = {
  controller: hint(
    [
      "Which service is it whose deployments CodeDeploy does?",
      "CodeDeploy がデプロイするサービスはどれですか。",
    ],
    both`${["One with the deployment controller CODE_DEPLOY. Terraform cannot change it later:", "デプロイコントローラーが CODE_DEPLOY のサービスです。Terraform では後から変えられません:"]} ${CONTROLLER}`,
    'deploymentController: { type: "CODE_DEPLOY" },',
  ),
  group: hint(
    ["How does CodeDeploy know of your service?", "CodeDeploy はどうやってサービスを知りますか。"],
    both`${["By a deployment group of an application for ECS:", "ECS 用のアプリケーションの、デプロイグループからです:"]} ${GROUPS}`,
    "ecsService: { clusterName: cluster.name, serviceName: service.name },",
  ),
  "same-group": hint(
    [
      "Where do the new tasks stand while users still see the old ones?",
      "利用者がまだ古いタスクを見ている間、新しいタスクはどこにありますか。",
    ],
    both`${["In a target group of their own, so there are two:", "別のターゲットグループです。だから 2 つ要ります:"]} ${GROUPS}`,
    "targetGroup: [{ name: sides.blue.name }, { name: sides.green.name }],",
  ),
  "test-listener": hint(
    [
      "How would you look at the new version before users do?",
      "新しいバージョンを、利用者より先に見るにはどうしますか。",
    ],
    both`${["By a listener of its own, which users do not know:", "利用者の知らない、テスト用のリスナーです:"]} ${GROUPS}`,
    "testTrafficRoute: { listenerArns: [sides.test.arn] },",
  ),
  "all-at-once": hint(
    [
      "How many users meet a fault that only users find?",
      "利用者にしか見つけられない不具合に、何人が出会いますか。",
    ],
    both`${["With a canary, a tenth of them:", "カナリアなら 10 分の 1 です:"]} ${CONFIGS}`,
    'deploymentConfigName: "CodeDeployDefault.ECSCanary10Percent5Minutes",',
  ),
  role: hint(
    [
      "As whom does CodeDeploy change your service and your listeners?",
      "CodeDeploy は、誰としてサービスとリスナーを変えますか。",
    ],
    both`${["As a role that it may take on, with AWS's policy for it:", "CodeDeploy が引き受けられるロールです。AWS のポリシーを付けます:"]} ${ROLE}`,
    'identifier: "codedeploy.amazonaws.com",',
  ),
  "no-way-back": hint(
    [
      "The deployment has failed. Where do requests go?",
      "デプロイが失敗しました。リクエストはどこに行きますか。",
    ],
    both`${["Where they went last, unless it rolls back:", "ロールバックしなければ、そのときのままです:"]} ${awsPage("codedeploy/latest/userguide/deployments-rollback-and-redeploy.html")}`,
    'autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },',
  ),
  "service-ignores": hint(
    [
      "What would the next apply want to change at this service?",
      "次の apply は、このサービスの何を変えようとしますか。",
    ],
    [
      `Which revision runs, and behind which group: both are CodeDeploy's now: ${IGNORE}`,
      `動かすリビジョンと、ターゲットグループです。どちらももう CodeDeploy のものです: ${IGNORE}`,
    ],
    'lifecycle: { ignoreChanges: ["task_definition", "load_balancer"] },',
  ),
  "listener-ignores": hint(
    [
      "CodeDeploy has moved the listener to green. What does the next apply do?",
      "CodeDeploy がリスナーを green に向けました。次の apply は何をしますか。",
    ],
    [
      `It moves users back to where no task is, unless it ignores that: ${IGNORE}`,
      `無視しなければ、利用者をタスクのない側に戻します: ${IGNORE}`,
    ],
    'lifecycle: { ignoreChanges: ["default_action"] },',
  ),
};
type Fault = keyof typeof FAULTS;

/** A service of its own is deployed by CodeDeploy, as a canary, and Terraform leaves alone what CodeDeploy moves. */
export function codeDeployDeploys(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "CodeDeploy deploys the canary, and Terraform leaves alone what it moves",
      "カナリアを CodeDeploy がデプロイし、Terraform はそれを動かさない",
    ]),
    faults: FAULTS,
    run: examine,
  });
}

function examine(context: SynthContext): CheckResult<Fault> {
  const service = canaryOf(context);
  if (service === undefined)
    return failed(
      "controller",
      ["a service with the controller CODE_DEPLOY", "CODE_DEPLOY のサービスがある"],
      ["there is none", "ありません"],
    );
  const group = context.synth
    .all("aws_codedeploy_deployment_group")
    .find((each) => ownsService(context, each, service));
  if (group === undefined)
    return failed(
      "group",
      [`a deployment group for ${service.address}`, `${service.address} のデプロイグループがある`],
      ["there is none", "ありません"],
    );
  return walk(group.address, [
    ...routeSteps(group),
    ...groupSteps(context, group),
    ...ignoreSteps(context, service, group),
  ]);
}

/** Whether a group names a service, by a reference or by its name. */
function ownsService(context: SynthContext, group: SynthResource, service: SynthResource): boolean {
  const name = blocksOf(group.attributes, "ecs_service")[0]?.["service_name"];
  return (
    name === service.attributes["name"] || context.synth.referredToBy(group, name).includes(service)
  );
}

/** The pair of target groups, and the listeners that lead to them. */
function pairOf(group: SynthResource): Readonly<Record<string, unknown>> {
  const [info] = blocksOf(group.attributes, "load_balancer_info");
  return blocksOf(info ?? {}, "target_group_pair_info")[0] ?? {};
}

function routeSteps(group: SynthResource): readonly Step<Fault>[] {
  const pair = pairOf(group);
  const names = blocksOf(pair, "target_group").map(({ name }) => String(name));
  const test = blocksOf(pair, "test_traffic_route")[0]?.["listener_arns"];
  const config = String(
    group.attributes["deployment_config_name"] ?? "CodeDeployDefault.OneAtATime",
  );
  return [
    {
      fault: "same-group",
      expected: ["two target groups", "ターゲットグループが 2 つある"],
      actual: names.join(", ") || "-",
      holds: new Set(names).size === 2,
    },
    {
      fault: "test-listener",
      expected: ["a test listener", "テスト用のリスナーがある"],
      actual: `test_traffic_route: ${JSON.stringify(test ?? null)}`,
      holds: Array.isArray(test) && test.length > 0,
    },
    {
      fault: "all-at-once",
      expected: ["a canary", "カナリアである"],
      actual: `deployment_config_name: ${config}`,
      holds: /Canary/i.test(config),
    },
  ];
}

function groupSteps(context: SynthContext, group: SynthResource): readonly Step<Fault>[] {
  const [role] = referred(context, group, group.attributes["service_role_arn"], "aws_iam_role");
  const trust = String(role?.attributes["assume_role_policy"] ?? "-");
  const attached = context.synth
    .all("aws_iam_role_policy_attachment")
    .filter(
      (each) => role && context.synth.referredToBy(each, each.attributes["role"]).includes(role),
    )
    .map(({ attributes }) => String(attributes["policy_arn"]).split("/").at(-1)!);
  const [rollback] = blocksOf(group.attributes, "auto_rollback_configuration");
  const events = JSON.stringify(rollback?.["events"] ?? []);
  return [
    {
      fault: "role",
      expected: ["by a role that it may take on", "CodeDeploy が引き受けられるロールがある"],
      actual: both`${role?.address ?? "-"}: ${trust.includes('"codedeploy.amazonaws.com"') ? "codedeploy.amazonaws.com" : trust}, ${listed(attached)}`,
      holds:
        trust.includes('"codedeploy.amazonaws.com"') &&
        attached.some((name) => name.startsWith("AWSCodeDeployRoleForECS")),
    },
    {
      fault: "no-way-back",
      expected: ["that goes back when it fails", "失敗すると元に戻る"],
      actual: `auto_rollback_configuration: enabled=${String(rollback?.["enabled"] ?? "-")}, ${events}`,
      holds: rollback?.["enabled"] === true && events.includes("DEPLOYMENT_FAILURE"),
    },
  ];
}

function ignoreSteps(
  context: SynthContext,
  service: SynthResource,
  group: SynthResource,
): readonly Step<Fault>[] {
  const pair = pairOf(group);
  const routes = ["prod_traffic_route", "test_traffic_route"].flatMap((route) =>
    blocksOf(pair, route).map((block) => block["listener_arns"]),
  );
  const listeners = referred(context, group, routes, "aws_lb_listener");
  const moved = listeners.filter((each) => !ignoredBy(each).includes("default_action"));
  const ignored = ignoredBy(service);
  return [
    {
      fault: "service-ignores",
      expected: [
        "Terraform ignores revision and group",
        "Terraform がリビジョンとグループの変更を無視する",
      ],
      actual: `${service.address}: ignore_changes=${ignored.join(", ") || "-"}`,
      holds: ["task_definition", "load_balancer"].every((each) => ignored.includes(each)),
    },
    {
      fault: "listener-ignores",
      expected: ["and where the listeners lead", "リスナーの転送先の変更も無視する"],
      actual: both`${["not ignored", "無視していないもの"]}: ${listed(moved.map(({ address }) => address))}`,
      holds: listeners.length === 2 && moved.length === 0,
    },
  ];
}
