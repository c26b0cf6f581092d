import {
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  type SynthContext,
  walk,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import {
  awsPage,
  NONE,
  refersTo,
  scalingOf,
  trackingPolicies,
  type TrackingPolicy,
} from "./stack-parts.ts";

const TRACKING = awsPage("AmazonECS/latest/developerguide/service-autoscaling-targettracking.html");
const LABEL = awsPage(
  "autoscaling/application/APIReference/API_PredefinedMetricSpecification.html",
);
const COOL_DOWN = awsPage(
  "autoscaling/application/userguide/target-tracking-scaling-policy-overview.html",
);

/** What a policy is to track. */
interface Wanted {
  readonly metric: "ALBRequestCountPerTarget" | "ECSServiceAverageCPUUtilization";
  readonly id: string;
  readonly value: number;
  readonly title: Words;
  readonly unit: readonly [en: string, ja: string];
}

export const REQUESTS: Wanted = {
  metric: "ALBRequestCountPerTarget",
  id: "node_requests",
  value: 30,
  title: [
    "A policy keeps 30 requests a minute for each task",
    "ポリシーがタスク 1 つ当たり毎分 30 リクエストを保つ",
  ],
  unit: ["requests a minute for each task", "リクエスト (1 タスク、1 分当たり)"],
};

export const CPU: Wanted = {
  metric: "ECSServiceAverageCPUUtilization",
  id: "node_cpu",
  value: 60,
  title: ["A policy keeps the processor at 60 percent", "ポリシーが CPU 使用率 60% を保つ"],
  unit: ["percent of what the tasks have reserved", "% (タスクが予約した CPU に対して)"],
};

const faultsOf = ({ metric, id, value, unit }: Wanted) => ({
  "no-policy": hint(
    [
      "Which number tells that there are too few tasks?",
      "タスクが足りないことは、どの値で分かりますか。",
    ],
    both`${[`${metric}, in an AppautoscalingPolicy of type TargetTrackingScaling:`, `${metric} です。TargetTrackingScaling の AppautoscalingPolicy に書きます:`]} ${TRACKING}`,
    `new AppautoscalingPolicy(this, "${id}", { …, policyType: "TargetTrackingScaling" });`,
  ),
  "other-target": hint(
    ["What does this policy scale?", "このポリシーは何をスケールしますか。"],
    both`${["Take the three names of the target over, so that Terraform makes the target first:", "ターゲットの 3 つの名前を引き継ぎます。そうすると Terraform がターゲットを先に作ります:"]} ${TRACKING}`,
    "serviceNamespace: target.serviceNamespace, resourceId: target.resourceId, scalableDimension: target.scalableDimension,",
  ),
  "other-type": hint(
    ["By which rule does this policy scale?", "このポリシーはどの規則でスケールしますか。"],
    both`${["It is to keep a number, like a thermostat:", "サーモスタットのように、値を保つ規則です:"]} ${TRACKING}`,
    'policyType: "TargetTrackingScaling",',
  ),
  value: hint(
    ["Which value is to be kept?", "どの値を保ちますか。"],
    both`${value}${[` ${unit[0]}. Above it tasks are added, below it they go:`, ` ${unit[1]} です。上回るとタスクが増え、下回ると減ります:`]} ${TRACKING}`,
    `targetValue: ${value},`,
  ),
  "cool-downs": hint(
    [
      "A task was added a moment ago. How long is it to wait before the next one comes, or goes?",
      "タスクを増やした直後です。次に増やす、または減らすまで、どれだけ待ちますか。",
    ],
    both`${["A minute before more are added, two before some go. Without a word it is five:", "増やすまで 1 分、減らすまで 2 分です。書かなければどちらも 5 分です:"]} ${COOL_DOWN}`,
    "scaleOutCooldown: 60, scaleInCooldown: 120,",
  ),
});

const LABEL_FAULTS = {
  "no-label": hint(
    [
      "Requests to which targets, through which load balancer, are counted?",
      "どのロードバランサーを通る、どのターゲットへのリクエストを数えますか。",
    ],
    both`${["The label says so: the end of the load balancer's ARN, /, the end of the target group's:", "ラベルで指定します。ロードバランサーの ARN の末尾/ターゲットグループの ARN の末尾 です:"]} ${LABEL}`,
    "resourceLabel: `${alb.arnSuffix}/${targets.arnSuffix}`,",
  ),
  "other-target-group": hint(
    [
      "Whose requests are counted? Compare the label with the target group of the service.",
      "数えているのは誰へのリクエストですか。ラベルとサービスのターゲットグループを比べてください。",
    ],
    both`${["The service's own, or the load on another app would scale this one:", "このサービスのターゲットグループです。違うと、別のアプリの負荷でこのサービスがスケールします:"]} ${LABEL}`,
    "resourceLabel: `${alb.arnSuffix}/${targets.arnSuffix}`,",
  ),
};

/** A target tracking policy keeps a metric of the service at a value. */
export function tracks(id: string, wanted: Wanted): Check<"synth"> {
  const faults = faultsOf(wanted);
  const isOfRequests = wanted.metric === "ALBRequestCountPerTarget";
  return defineCheck<"synth", string>({
    id,
    tier: "synth",
    title: text(wanted.title),
    faults: isOfRequests ? { ...faults, ...LABEL_FAULTS } : faults,
    run: (context) => examine(context, wanted),
  });
}

function examine(context: SynthContext, wanted: Wanted): CheckResult {
  const { metric, value } = wanted;
  const policy = trackingPolicies(context).find((each) => each.metric === metric);
  const { target } = scalingOf(context);
  const { settings = {}, resource } = policy ?? {};
  const type = String(resource?.attributes["policy_type"]);
  const [out, back] = [settings["scale_out_cooldown"], settings["scale_in_cooldown"]].map(String);
  return walk(resource?.address ?? "aws_appautoscaling_policy", [
    {
      fault: "no-policy",
      expected: [`a policy that tracks ${metric}`, `${metric} を追跡するポリシーがある`],
      actual: resource ? metric : NONE,
      holds: resource !== undefined,
    },
    {
      fault: "other-target",
      expected: [`of ${target?.address ?? "-"}`, `${target?.address ?? "-"} のポリシー`],
      actual: `resource_id: ${String(resource?.attributes["resource_id"])}`,
      holds: resource !== undefined && target !== undefined && isOf(context, resource, target),
    },
    {
      fault: "other-type",
      expected: "policy_type: TargetTrackingScaling",
      actual: `policy_type: ${type}`,
      holds: type === "TargetTrackingScaling",
    },
    ...(policy && metric === "ALBRequestCountPerTarget" ? labelSteps(context, policy) : []),
    {
      fault: "value",
      expected: `target_value: ${value}`,
      actual: `target_value: ${String(settings["target_value"])}`,
      holds: Number(settings["target_value"]) === value,
    },
    {
      fault: "cool-downs",
      expected: "scale_out_cooldown: 60, scale_in_cooldown: 120",
      actual: `scale_out_cooldown: ${out}, scale_in_cooldown: ${back}`,
      holds: Number(out) === 60 && Number(back) === 120,
    },
  ]);
}

/** Whether a policy or an action takes its names from the target. */
export const isOf = (
  context: SynthContext,
  resource: TrackingPolicy["resource"],
  target: TrackingPolicy["resource"],
): boolean => refersTo(context, resource, "resource_id", target);

function labelSteps(context: SynthContext, { resource, label }: TrackingPolicy) {
  const { service } = scalingOf(context);
  const named = context.synth.referredToBy(resource, label);
  const balancer = named.find(({ type }) => type === "aws_lb");
  const group = named.find(({ type }) => type === "aws_lb_target_group");
  const own = service
    ? context.synth.referredToBy(service, service.attributes["load_balancer"])
    : [];
  const actual = `resource_label: ${label || "-"}`;
  return [
    {
      fault: "no-label",
      expected: [
        "a label of a load balancer and a target group, by the ends of their ARNs",
        "ロードバランサーとターゲットグループの ARN の末尾を書いたラベルがある",
      ] as const,
      actual,
      holds:
        balancer !== undefined &&
        group !== undefined &&
        /\.arn_suffix\}\/\$\{.*\.arn_suffix\}$/.test(label),
    },
    {
      fault: "other-target-group",
      expected: ["the target group of the service", "サービスのターゲットグループである"] as const,
      actual,
      holds: group !== undefined && own.includes(group),
    },
  ];
}
