import {
  blocksOf,
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  listed,
  servicesOf,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { instancesOf } from "./instances.ts";
import { ecsPage, type ModeApp } from "./modes.ts";

const PLACED = {
  bridge: "binpack",
  host: "spread",
  awsvpc: "spread",
} as const;

const serviceHints = (app: ModeApp) => ({ ...placeHints(app), ...trafficHints(app) });

const placeHints = ({ networkMode }: ModeApp) => ({
  missing: hint(
    [
      `Who keeps two of the tasks in mode ${networkMode} running?`,
      `${networkMode} モードのタスクを 2 つ動かし続けるのは何ですか。`,
    ],
    both`${["A service, as on Fargate:", "Fargate と同じく、サービスです:"]} ${ecsPage("ecs_services")}`,
    "new EcsService(this, `${mode}_service`, { … });",
  ),
  capacity: hint(
    ["Where do the tasks of this service run?", "このサービスのタスクはどこで動きますか。"],
    both`${["Where its capacity provider has instances. A launch type is not said then:", "キャパシティープロバイダーのインスタンスで動きます。その場合、launchType は書きません:"]} ${ecsPage("capacity-launch-type-comparison")}`,
    "capacityProviderStrategy: [{ capacityProvider: capacity.provider, weight: 1 }],",
  ),
  placement: hint(
    [
      "On which of several instances shall a task go: on the fullest, or where the fewest are?",
      "インスタンスが複数あるとき、タスクはどこに置きますか。いちばん埋まったところですか、いちばん少ないところですか。",
    ],
    both`${["binpack fills one before it takes another, spread keeps them apart:", "binpack は 1 台を埋めてから次を使い、spread は分散させます:"]} ${ecsPage("task-placement-strategies")}`,
    PLACED[networkMode] === "binpack"
      ? 'orderedPlacementStrategy: [{ type: "binpack", field: "memory" }],'
      : networkMode === "host"
        ? 'orderedPlacementStrategy: [{ type: "spread", field: "instanceId" }],'
        : 'orderedPlacementStrategy: [{ type: "spread", field: "attribute:ecs.availability-zone" }],',
  ),
  "no-room": hint(
    [
      "A deployment starts new tasks before it stops old ones. Does an instance have room for both?",
      "デプロイでは、古いタスクを止める前に新しいタスクを起動します。インスタンスに両方の空きはありますか。",
    ],
    both`${["A port, and on a small instance an interface, is there once. Let one task go first:", "ポートは 1 つしかなく、小さなインスタンスでは ENI もそうです。先に 1 つ止めることを許します:"]} ${ecsPage("deployment-type-ecs")}`,
    "deploymentMinimumHealthyPercent: 50, deploymentMaximumPercent: 100,",
  ),
});

const trafficHints = ({ networkMode, listener }: ModeApp) => ({
  network: hint(
    [
      "Whose network do tasks in this mode have: their own, or the instance's?",
      "このモードのタスクのネットワークは、自分のものですか、インスタンスのものですか。",
    ],
    both`${["In awsvpc the service says subnets and security groups. In the other modes it must not:", "awsvpc ではサービスにサブネットとセキュリティグループを書きます。ほかのモードでは書けません:"]} ${ecsPage("task-networking-awsvpc")}`,
    networkMode === "awsvpc"
      ? "networkConfiguration: { subnets: network.privateSubnetIds, securityGroups: [securityGroup.id] },"
      : "new EcsService(this, `${mode}_service`, { … });",
  ),
  target: hint(
    [
      `Where does the load balancer learn of these tasks, and on which listener?`,
      "ALB はこれらのタスクをどこで知りますか。リスナーはどれですか。",
    ],
    both`${["The service registers them, each with the port that it has:", "サービスが、それぞれのポートで登録します:"]} ${ecsPage("alb")}`,
    'loadBalancer: [{ targetGroupArn: targets.arn, containerName: "node-app", containerPort: 3000 }],',
  ),
  "listener-first": hint(
    [
      "May a service register in a target group that no listener leads to?",
      "どのリスナーからも転送されないターゲットグループに、サービスは登録できますか。",
    ],
    both`${["AWS refuses it, so the listener has to be there first:", "AWS が拒否するので、リスナーを先に作ります:"]} ${ecsPage("service-load-balancing")}`,
    `dependsOn: [shared.alb.listener(${listener})],`,
  ),
});

/** A service of the mode: on the instances, placed as its mode asks, behind a listener of its own. */
export function hasModeService(id: string, app: ModeApp): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      `A service in mode ${app.networkMode}, placed by ${PLACED[app.networkMode]}`,
      `${app.networkMode} モードのサービス (${PLACED[app.networkMode]} で配置)`,
    ]),
    faults: serviceHints(app),
    run: (context) => examineService(context, app),
  });
}

type Fault = keyof ReturnType<typeof serviceHints>;

function examineService(context: SynthContext, app: ModeApp): CheckResult<Fault> {
  const [service] = servicesOf(context, app);
  if (service === undefined)
    return failed(
      "missing",
      [
        `a service whose tasks have mode ${app.networkMode}`,
        `タスクが ${app.networkMode} モードのサービスがある`,
      ],
      both`${["services", "サービス"]}: ${listed(context.synth.all("aws_ecs_service").map(({ address }) => address))}`,
    );
  return walk<Fault>(service.address, [
    ...whereSteps(context, app, service),
    ...targetSteps(context, app, service),
  ]);
}

function whereSteps(context: SynthContext, app: ModeApp, service: SynthResource) {
  const { attributes } = service;
  const provider = instancesOf(context)?.provider;
  const strategy = blocksOf(attributes, "capacity_provider_strategy");
  const asked = context.synth.referredToBy(service, strategy);
  const [first] = blocksOf(attributes, "ordered_placement_strategy");
  const placed = String(first?.["type"] ?? "-");
  const least = Number(attributes["deployment_minimum_healthy_percent"] ?? 100);
  const most = Number(attributes["deployment_maximum_percent"] ?? 200);
  const hasNetwork = blocksOf(attributes, "network_configuration").length > 0;
  const launchType = String(attributes["launch_type"] ?? "-");
  return [
    {
      fault: "capacity",
      expected: both`${PROVIDER} ${provider?.address ?? "-"}`,
      actual: both`${PROVIDER} ${listed(asked.map(({ address }) => address))}, launch_type ${launchType}`,
      holds: provider !== undefined && asked.includes(provider),
    },
    {
      fault: "placement",
      expected: both`${PLACEMENT} ${PLACED[app.networkMode]}`,
      actual: both`${PLACEMENT} ${placed}`,
      holds: placed === PLACED[app.networkMode],
    },
    {
      fault: "no-room",
      expected: [
        "a deployment that begins with the room that there is",
        "いまある空きで始められるデプロイの設定である",
      ],
      actual: both`minimum ${least}, maximum ${most}`,
      holds: app.networkMode === "bridge" ? most > least : least <= 50 && most <= 100,
    },
    {
      fault: "network",
      expected: app.networkMode === "awsvpc" ? OWN_NETWORK : NO_NETWORK,
      actual: hasNetwork ? OWN_NETWORK : NO_NETWORK,
      holds: hasNetwork === (app.networkMode === "awsvpc"),
    },
  ] as const;
}

function targetSteps(context: SynthContext, app: ModeApp, service: SynthResource) {
  const { synth } = context;
  const { attributes } = service;
  const [target = {}] = blocksOf(attributes, "load_balancer");
  const [group] = synth.referredToBy(service, target["target_group_arn"]);
  const listeners = synth
    .all("aws_lb_listener")
    .filter((each) => Number(each.attributes["port"]) === app.listener);
  const leads = listeners.some(
    (each) => group && synth.referredToBy(each, each.attributes["default_action"]).includes(group),
  );
  const container = `${String(target["container_name"])}:${String(target["container_port"])}`;
  const after = [attributes["depends_on"] ?? []].flat().map(String);
  return [
    {
      fault: "target",
      expected: both`${TARGET} ${app.container}:${app.port}, ${["behind listener", "リスナー"]} ${String(app.listener)}`,
      actual: both`${TARGET} ${container}, ${group?.address ?? "-"}`,
      holds: leads && container === `${app.container}:${app.port}`,
    },
    {
      fault: "listener-first",
      expected: both`${AFTER} ${listed(listeners.map(({ address }) => address))}`,
      actual: both`${AFTER} ${listed(after)}`,
      holds: listeners.some(({ address }) => after.includes(address)),
    },
  ] as const;
}

const PROVIDER = ["capacity provider", "キャパシティープロバイダー"] as const;
const PLACEMENT = ["placement", "配置"] as const;
const TARGET = ["registers", "登録するもの:"] as const;
const AFTER = ["made after", "先に作られるもの:"] as const;
const OWN_NETWORK = [
  "subnets and security groups in the service",
  "サービスにサブネットとセキュリティグループが書かれている",
] as const;
const NO_NETWORK = [
  "no network configuration in the service",
  "サービスにネットワーク設定がない",
] as const;
