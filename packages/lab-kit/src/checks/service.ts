import { both, text, type Words } from "@workbook/toolchain";
import { defineCheck, failed } from "../check.ts";
import type { Check, CheckResult, SynthContext } from "../check.ts";
import type { SynthResource } from "../synth-reader.ts";
import { blocksOf } from "../synth-reader.ts";
import { listenerPort, type ServedApp } from "../web-app.ts";
import { deploymentRoom } from "./deployment-room.ts";
import { ingressRulesOf, letsOut } from "./ingress-rules.ts";
import { runningHints, serviceHints } from "./service-hints.ts";
import { walk } from "./steps.ts";
import type { Step } from "./steps.ts";
import { gatewaysOf } from "./subnets.ts";
import { given, listed, listenersOn, imageName, servicesOf, targetGroupsOf } from "./wiring.ts";

const DESIRED_COUNT = 2;
const PLATFORM_VERSION = "1.4.0";
const GRACE_PERIOD_SECONDS = 60;
/** Where images and logs are reached. */
const HTTPS = 443;

type Fault = keyof ReturnType<typeof serviceHints>;
type ServiceStep = Step<Fault>;
type RunningStep = Step<keyof ReturnType<typeof runningHints>>;

/** What a service is asked for beyond running. */
interface ServiceOptions {
  /** Whether it registers its tasks behind the listener on the app's port. True unless told. */
  readonly behindListener?: boolean;
}

/** A service keeps two of an app's tasks running in private subnets, behind the listener on the app's port. */
export function hasService(
  id: string,
  app: ServedApp,
  { behindListener = true }: ServiceOptions = {},
): Check<"synth"> {
  const about = {
    id,
    tier: "synth",
    title: text([`A service that runs ${app.container}`, `${app.container} を動かすサービス`]),
  } as const;
  if (!behindListener) {
    const faults = runningHints(app);
    return defineCheck({ ...about, faults, run: (context) => examine(context, app, runningSteps) });
  }
  return defineCheck({
    ...about,
    faults: serviceHints(app),
    run: (context) =>
      examine<Fault>(context, app, (_, service) => [
        ...runningSteps(context, service),
        ...targetSteps(context, app, service),
      ]),
  });
}

function examine<F extends string>(
  context: SynthContext,
  app: ServedApp,
  stepsOf: (context: SynthContext, service: SynthResource) => readonly Step<F>[],
): CheckResult<F | "missing"> {
  const [service] = servicesOf(context, app);
  if (service !== undefined) return walk<F>(service.address, stepsOf(context, service));
  const services = context.synth.all("aws_ecs_service").map(({ address }) => address);
  const image = imageName(context, app);
  return failed(
    "missing",
    [
      `a service whose task runs the image ${image}`,
      `イメージ ${image} を動かすタスクのサービスがある`,
    ],
    both`${["services of other images", "ほかのイメージのサービス"]}: ${listed(services)}`,
  );
}

function runningSteps(context: SynthContext, service: SynthResource): RunningStep[] {
  return [...sizeSteps(service), ...placeSteps(context, service), ...groupSteps(context, service)];
}

function sizeSteps({ attributes }: SynthResource): RunningStep[] {
  const launchType = given(attributes["launch_type"], "EC2");
  const version = given(attributes["platform_version"], "LATEST");
  const desired = Number(attributes["desired_count"] ?? 0);
  const ignored = blocksOf(attributes, "lifecycle").flatMap(
    ({ ignore_changes: names }) => names ?? [],
  );
  return [
    {
      fault: "launch-type",
      expected: both`${LAUNCH_TYPE} FARGATE`,
      actual: both`${LAUNCH_TYPE} ${launchType}`,
      holds: launchType.en === "FARGATE",
    },
    {
      fault: "platform-version",
      expected: both`${PLATFORM} ${PLATFORM_VERSION}`,
      actual: both`${PLATFORM} ${version}`,
      holds: version.en === PLATFORM_VERSION,
    },
    {
      fault: "desired-count",
      expected: [`${DESIRED_COUNT} tasks`, `タスク ${DESIRED_COUNT} つ`],
      actual: [`${desired} tasks`, `タスク ${desired} つ`],
      holds: desired === DESIRED_COUNT,
    },
    deploymentRoom(attributes, desired),
    {
      fault: "task-definition-not-ignored",
      expected: ["changes of task_definition are ignored", "task_definition の変更が無視される"],
      actual: both`${["changes ignored", "変更が無視されるもの"]}: ${listed(ignored.map(String))}`,
      holds: ignored.includes("task_definition"),
    },
  ];
}

/** Where the tasks are, and how they reach the internet. */
function placeSteps(context: SynthContext, service: SynthResource): RunningStep[] {
  const [network = {}] = blocksOf(service.attributes, "network_configuration");
  const subnets = context.synth
    .referredToBy(service, network["subnets"])
    .filter(({ type }) => type === "aws_subnet");
  const gateways = [...new Set(subnets.flatMap((subnet) => gatewaysOf(context, subnet)))];
  const hasAddress = network["assign_public_ip"] === true;
  const zones = new Set(subnets.map(({ attributes }) => attributes["availability_zone"]));
  const outlets = listed(gateways);
  return [
    {
      fault: "subnets",
      expected: [
        "subnets in 2 zones that lead to aws_nat_gateway",
        "2 つの AZ のサブネットで、出口が aws_nat_gateway である",
      ],
      actual: [
        `subnets in ${zones.size} zones that lead to ${outlets.en}`,
        `AZ は ${zones.size} つ、サブネットの出口は ${outlets.ja} です`,
      ],
      holds: zones.size >= 2 && gateways.length === 1 && gateways[0] === "aws_nat_gateway",
    },
    {
      fault: "public-address",
      expected: NO_ADDRESS,
      actual: hasAddress
        ? ["every task gets a public address", "すべてのタスクにパブリック IP アドレスが付きます"]
        : NO_ADDRESS,
      holds: !hasAddress,
    },
  ];
}

/** Whom their security groups let in, and where to they let the tasks out. */
function groupSteps(context: SynthContext, service: SynthResource): RunningStep[] {
  const [network = {}] = blocksOf(service.attributes, "network_configuration");
  const groups = context.synth
    .referredToBy(service, network["security_groups"])
    .filter(({ type }) => type === "aws_security_group");
  const sources = groups.flatMap((group) =>
    ingressRulesOf(context, group).flatMap(({ cidrs }) => cidrs),
  );
  const isOpen = groups.some((group) => letsOut(context, group, HTTPS));
  const named = listed(groups.map(({ address }) => address));
  const admitted = listed(sources);
  return [
    {
      fault: "security-group",
      expected: [
        "a security group that admits no addresses from outside",
        "外のアドレスを許可しないセキュリティグループが付いている",
      ],
      actual: [
        `security groups ${named.en}, which admit ${admitted.en}`,
        `セキュリティグループ: ${named.ja} (許可しているアドレス: ${admitted.ja})`,
      ],
      holds: groups.length > 0 && sources.length === 0,
    },
    {
      fault: "egress",
      expected: [
        `a security group that lets the tasks out to port ${HTTPS}`,
        `タスクがポート ${HTTPS} へ出られるセキュリティグループが付いている`,
      ],
      actual: isOpen
        ? [`${named.en} lets them out`, `${named.ja} が許可しています`]
        : [
            `no egress rule of ${named.en} for port ${HTTPS} to 0.0.0.0/0`,
            `${named.ja} に、0.0.0.0/0 のポート ${HTTPS} へのアウトバウンドルールがありません`,
          ],
      holds: isOpen,
    },
  ];
}

function targetSteps(context: SynthContext, app: ServedApp, service: SynthResource): ServiceStep[] {
  const [target = {}] = blocksOf(service.attributes, "load_balancer");
  const groups = context.synth.referredToBy(service, target["target_group_arn"]);
  const [listener] = listenersOn(context, listenerPort(app));
  const wanted = listener === undefined ? [] : targetGroupsOf(context, listener);
  const container = String(target["container_name"]);
  const port = String(target["container_port"]);
  const behind = listed(wanted.map(({ address }) => address));
  const grace = Number(service.attributes["health_check_grace_period_seconds"] ?? 0);
  const after = [service.attributes["depends_on"] ?? []].flat().map(String);
  return [
    {
      fault: "target-group",
      expected: [
        `registers in the target group behind listener ${listenerPort(app)} (${behind.en})`,
        `ポート ${listenerPort(app)} のリスナーのターゲットグループ (${behind.ja}) に登録される`,
      ],
      actual: both`${["registers in", "登録先:"]} ${listed(groups.map(({ address }) => address))}`,
      holds: groups.length > 0 && groups.every((group) => wanted.includes(group)),
    },
    {
      fault: "target-container",
      expected: describeContainer(app.container, app.port),
      actual: describeContainer(container, port),
      holds: container === app.container && port === String(app.port),
    },
    {
      fault: "grace-period",
      expected: describeGrace(GRACE_PERIOD_SECONDS),
      actual: describeGrace(grace),
      holds: grace === GRACE_PERIOD_SECONDS,
    },
    {
      fault: "listener-first",
      expected: [`made after ${listener?.address}`, `${listener?.address} の後に作られる`],
      actual: both`${["made after", "先に作られるもの:"]} ${listed(after)}`,
      holds: listener !== undefined && after.includes(listener.address),
    },
  ];
}

const LAUNCH_TYPE = ["launch type", "起動タイプ"] as const;
const PLATFORM = ["platform version", "プラットフォームバージョン"] as const;
const NO_ADDRESS = ["no public address", "パブリック IP アドレスが付かない"] as const;

function describeContainer(name: string, port: string | number): Words {
  return [`container ${name}, port ${port}`, `コンテナ ${name}、ポート ${port}`];
}

function describeGrace(seconds: number): Words {
  return [`a grace period of ${seconds} s`, `猶予期間 ${seconds} 秒`];
}
