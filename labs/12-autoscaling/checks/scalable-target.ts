import {
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  type SynthContext,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import {
  awsPage,
  DIMENSION,
  ignoredBy,
  ignores,
  NONE,
  resolved,
  scalingOf,
} from "./stack-parts.ts";

const SERVICES = awsPage("AmazonECS/latest/developerguide/service-auto-scaling.html");
const TARGETS = awsPage(
  "autoscaling/application/userguide/application-auto-scaling-target-tracking.html",
);

const TARGET = {
  "no-target": hint(
    [
      "Who is to change the number of tasks, and from where does it know which?",
      "タスク数を変えるのは誰で、どのサービスのタスク数かをどう知りますか。",
    ],
    both`${["Application Auto Scaling. Register the service there with an AppautoscalingTarget:", "Application Auto Scaling です。AppautoscalingTarget でサービスを登録します:"]} ${SERVICES}`,
    'const target = new AppautoscalingTarget(this, "node_scaling", { … });',
  ),
  resource: hint(
    ["Which service does the target name?", "ターゲットはどのサービスを指していますか。"],
    both`${["service/, the cluster's name, /, the service's name, both taken from the resources:", "service/クラスター名/サービス名 です。どちらの名前もリソースから取ります:"]} ${SERVICES}`,
    "resourceId: `service/${cluster.name}/${service.name}`,",
  ),
  dimension: hint(
    ["Which number of the service is it that changes?", "変わるのは、サービスのどの数ですか。"],
    both`${["The desired count, and its namespace is ecs:", "desiredCount です。名前空間は ecs です:"]} ${SERVICES}`,
    'serviceNamespace: "ecs", scalableDimension: "ecs:service:DesiredCount",',
  ),
  minimum: hint(
    [
      "How many tasks are there to be in the quietest hour, if a zone may fail?",
      "AZ が 1 つ止まってもよいように、いちばん静かな時間にはタスクがいくつ必要ですか。",
    ],
    both`${["One for each zone. What is quiet would otherwise go down to one:", "AZ ごとに 1 つです。そうしないと、静かなときに 1 つまで減ります:"]} ${TARGETS}`,
    "minCapacity: 2,",
  ),
  maximum: hint(
    [
      "How many tasks are there to be at most, whatever comes?",
      "何が来ても、タスクは最大いくつまでですか。",
    ],
    both`${["Six. It is what you are ready to pay, and what stands behind the app can bear:", "6 つです。払える料金と、アプリの後ろにあるものが耐えられる数で決めます:"]} ${TARGETS}`,
    "maxCapacity: 6,",
  ),
};

/** The service is registered as a scalable target, with bounds. */
export function hasScalableTarget(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The service's desired count may be scaled, from 2 to 6",
      "サービスの desiredCount が 2 から 6 の間でスケールできる",
    ]),
    faults: TARGET,
    run: examineTarget,
  });
}

function examineTarget(context: SynthContext): CheckResult<keyof typeof TARGET> {
  const { service, target } = scalingOf(context);
  const { attributes } = target ?? { attributes: {} as Record<string, unknown> };
  const [cluster] = service
    ? context.synth.referredToBy(service, service.attributes["cluster"])
    : [];
  const resource = `service/${String(cluster?.attributes["name"])}/${String(service?.attributes["name"])}`;
  const named = target ? resolved(context, target, attributes["resource_id"]) : "";
  // With the name written out, Terraform would not know that the service has to be there first.
  const isAfter =
    target !== undefined &&
    service !== undefined &&
    context.synth.referredToBy(target, attributes["resource_id"]).includes(service);
  const { min_capacity: least, max_capacity: most } = attributes;
  const dimension = `${String(attributes["service_namespace"])}: ${String(attributes["scalable_dimension"])}`;
  return walk<keyof typeof TARGET>(target?.address ?? "aws_appautoscaling_target", [
    {
      fault: "no-target",
      expected: ["a scalable target", "スケーラブルターゲットがある"],
      actual: target ? target.address : NONE,
      holds: target !== undefined,
    },
    {
      fault: "resource",
      expected: [`resource ${resource}, by reference`, `リソースは ${resource} (参照で書く)`],
      actual: `resource_id: ${String(attributes["resource_id"])}`,
      holds: named === resource && isAfter,
    },
    {
      fault: "dimension",
      expected: `ecs: ${DIMENSION}`,
      actual: dimension,
      holds: dimension === `ecs: ${DIMENSION}`,
    },
    {
      fault: "minimum",
      expected: "min_capacity: 2",
      actual: `min_capacity: ${String(least)}`,
      holds: Number(least) === 2,
    },
    {
      fault: "maximum",
      expected: "max_capacity: 6",
      actual: `max_capacity: ${String(most)}`,
      holds: Number(most) === 6,
    },
  ]);
}

const LIFECYCLE =
  "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes";

const IGNORED = {
  "no-service": hint(
    ["Which service runs node-app?", "node-app はどのサービスで動きますか。"],
    ["The one that you were given.", "はじめに渡されたサービスです。"],
    'const service = new FargateService(this, "node_service", { … });',
  ),
  "set-back": hint(
    [
      "Four tasks run because of the load, and you deploy. How many does Terraform want?",
      "負荷のためにタスクが 4 つ動いています。ここでデプロイすると、Terraform はいくつにしようとしますか。",
    ],
    both`${["As many as the stack says: 2. Tell it to leave the number alone:", "スタックに書いてある 2 つです。この数に触らないように指定します:"]} ${LIFECYCLE}`,
    'ignoreChanges: ["desired_count"],',
  ),
};

/** Terraform does not set the desired count back. */
export function leavesDesiredCount(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "Terraform leaves the service's desired count alone",
      "Terraform がサービスの desiredCount を元に戻さない",
    ]),
    faults: IGNORED,
    run(context) {
      const { service } = scalingOf(context);
      const ignored = service ? ignoredBy(service) : [];
      return walk<keyof typeof IGNORED>(service?.address ?? "aws_ecs_service", [
        {
          fault: "no-service",
          expected: ["a service that runs node-app", "node-app を動かすサービスがある"],
          actual: service ? service.address : NONE,
          holds: service !== undefined,
        },
        {
          fault: "set-back",
          expected: "ignore_changes: desired_count",
          actual: `ignore_changes: ${ignored.join(", ") || "-"}`,
          holds: service !== undefined && ignores(service, "desired_count"),
        },
      ]);
    },
  });
}
