import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult, SynthContext } from "../check.ts";
import { text } from "../hint.ts";
import type { SynthResource } from "../synth-reader.ts";
import { blocksOf } from "../synth-reader.ts";
import type { WebApp } from "../web-app.ts";
import { serviceHints } from "./service-hints.ts";
import { publicSubnetsAmong } from "./subnets.ts";
import { listed, listenersOn, repositoryName, servicesOf, targetGroupsOf } from "./wiring.ts";

const DESIRED_COUNT = 2;
const PLATFORM_VERSION = "1.4.0";
const GRACE_PERIOD_SECONDS = 60;

type Fault = keyof ReturnType<typeof serviceHints>;
type Step = readonly [fault: Fault, expected: string, actual: string, holds: boolean];

/** A service keeps two of an app's tasks running in private subnets, behind the listener on the app's port. */
export function hasService(id: string, app: WebApp): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([`A service that runs ${app.container}`, `${app.container} を動かすサービス`]),
    faults: serviceHints(app),
    run(context) {
      const [service] = servicesOf(context, app);
      if (service === undefined) {
        const services = context.synth.all("aws_ecs_service").map(({ address }) => address);
        const expected = `a service whose task runs the image ${repositoryName(context, app)}`;
        return failed("missing", expected, `services of other images: ${listed(services)}`);
      }
      return examine(service, [
        ...sizeSteps(service),
        ...networkSteps(context, service),
        ...targetSteps(context, app, service),
      ]);
    },
  });
}

function examine(service: SynthResource, steps: readonly Step[]): CheckResult<Fault> {
  const broken = steps.find(([, , , holds]) => !holds);
  if (broken !== undefined) return failed(broken[0], broken[1], `${service.address}: ${broken[2]}`);
  return passed(
    steps.map(([, expected]) => expected).join("; "),
    `${service.address}: ${steps.map(([, , actual]) => actual).join("; ")}`,
  );
}

function sizeSteps({ attributes }: SynthResource): Step[] {
  const launchType = String(attributes["launch_type"] ?? "EC2 (the default)");
  const version = String(attributes["platform_version"] ?? "LATEST (the default)");
  const desired = Number(attributes["desired_count"] ?? 0);
  const ignored = blocksOf(attributes, "lifecycle").flatMap(
    ({ ignore_changes: names }) => names ?? [],
  );
  return [
    ["launch-type", "launch type FARGATE", `launch type ${launchType}`, launchType === "FARGATE"],
    [
      "platform-version",
      `platform version ${PLATFORM_VERSION}`,
      `platform version ${version}`,
      version === PLATFORM_VERSION,
    ],
    ["desired-count", `${DESIRED_COUNT} tasks`, `${desired} tasks`, desired === DESIRED_COUNT],
    [
      "task-definition-not-ignored",
      "changes of task_definition are ignored",
      `changes ignored: ${listed(ignored.map(String))}`,
      ignored.includes("task_definition"),
    ],
  ];
}

function networkSteps(context: SynthContext, service: SynthResource): Step[] {
  const [network = {}] = blocksOf(service.attributes, "network_configuration");
  const subnets = context.synth
    .referredToBy(service, network["subnets"])
    .filter(({ type }) => type === "aws_subnet");
  const open = publicSubnetsAmong(context, subnets);
  const hasAddress = network["assign_public_ip"] === true;
  const zones = new Set(subnets.map(({ attributes }) => attributes["availability_zone"]));
  return [
    [
      "subnets",
      "private subnets in two zones",
      `${subnets.length} subnets in ${zones.size} zones, of them public: ${listed(open.map(({ address }) => address))}`,
      zones.size >= 2 && open.length === 0,
    ],
    [
      "public-address",
      "no public address",
      hasAddress ? "every task gets a public address" : "no public address",
      !hasAddress,
    ],
  ];
}

function targetSteps(context: SynthContext, app: WebApp, service: SynthResource): Step[] {
  const [target = {}] = blocksOf(service.attributes, "load_balancer");
  const groups = context.synth.referredToBy(service, target["target_group_arn"]);
  const [listener] = listenersOn(context, app.port);
  const wanted = listener === undefined ? [] : targetGroupsOf(context, listener);
  const container = `container ${String(target["container_name"])}, port ${String(target["container_port"])}`;
  const wantedContainer = `container ${app.container}, port ${app.port}`;
  const grace = Number(service.attributes["health_check_grace_period_seconds"] ?? 0);
  const after = [service.attributes["depends_on"] ?? []].flat().map(String);
  return [
    [
      "target-group",
      `registers in the target group behind listener ${app.port} (${listed(wanted.map(({ address }) => address))})`,
      `registers in ${listed(groups.map(({ address }) => address))}`,
      groups.length > 0 && groups.every((group) => wanted.includes(group)),
    ],
    ["target-container", wantedContainer, container, container === wantedContainer],
    [
      "grace-period",
      `a grace period of ${GRACE_PERIOD_SECONDS} s`,
      `a grace period of ${grace} s`,
      grace === GRACE_PERIOD_SECONDS,
    ],
    [
      "listener-first",
      `made after ${listener?.address}`,
      `made after ${listed(after)}`,
      listener !== undefined && after.includes(listener.address),
    ],
  ];
}
