import {
  blocksOf,
  NODE_APP,
  servicesOf,
  type SynthContext,
  type SynthResource,
} from "@workbook/lab-kit";
import type { Words } from "@workbook/toolchain";

export const DIMENSION = "ecs:service:DesiredCount";

/** What scales, and what is scaled. */
export interface Scaling {
  readonly service: SynthResource | undefined;
  /** The scalable target of the Node.js app's service; another one where there is none of it. */
  readonly target: SynthResource | undefined;
}

export function scalingOf(context: SynthContext): Scaling {
  const [service] = servicesOf(context, NODE_APP);
  const targets = context.synth.all("aws_appautoscaling_target");
  const own = targets.find((each) => service && refersTo(context, each, "resource_id", service));
  return { service, target: own ?? targets[0] };
}

/** Whether an argument of `from` refers to `to`, be it through others that it takes over. */
export function refersTo(
  context: SynthContext,
  from: SynthResource,
  attribute: string,
  to: SynthResource,
): boolean {
  const referred = context.synth.referredToBy(from, from.attributes[attribute]);
  return (
    referred.includes(to) ||
    referred.some((each) => each !== from && refersTo(context, each, attribute, to))
  );
}

/** A reference that is all of an expression: `${aws_ecs_cluster.cluster.name}`. */
const REFERENCE = /\$\{([a-z0-9_]+\.[\w-]+)\.([a-z0-9_]+)\}/g;

/** A text of a resource with what its references come to, as far as the stack itself says so. */
export function resolved(context: SynthContext, from: SynthResource, value: unknown): string {
  return String(value ?? "").replaceAll(REFERENCE, (whole, address: string, attribute: string) => {
    const found = context.synth.referredToBy(from, whole).find((each) => each.address === address);
    const said = found?.attributes[attribute];
    return found && typeof said === "string" ? resolved(context, found, said) : whole;
  });
}

/** A policy that tracks one of AWS's own metrics. */
export interface TrackingPolicy {
  readonly resource: SynthResource;
  readonly metric: string;
  readonly label: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The policies of the service, or of whatever is scaled, that track a metric of AWS's. */
export function trackingPolicies(context: SynthContext): readonly TrackingPolicy[] {
  return context.synth.all("aws_appautoscaling_policy").flatMap((resource) =>
    blocksOf(resource.attributes, "target_tracking_scaling_policy_configuration").map(
      (settings) => {
        const [metric = {}] = blocksOf(settings, "predefined_metric_specification");
        return {
          resource,
          metric: String(metric["predefined_metric_type"] ?? ""),
          label: String(metric["resource_label"] ?? ""),
          settings,
        };
      },
    ),
  );
}

/** The arguments that Terraform does not set back. */
export function ignoredBy({ attributes }: SynthResource): readonly string[] {
  const [lifecycle = {}] = blocksOf(attributes, "lifecycle");
  return [lifecycle["ignore_changes"] ?? []].flat().map(String);
}

/** Whether changes of an argument are ignored: by its name, or with all others. */
export const ignores = (resource: SynthResource, name: string): boolean =>
  ignoredBy(resource).some((each) => each === name || each === "all");

/** In words: there is none. */
export const NONE: Words = ["there is none", "ありません"];

/** A page of AWS's, in both languages. */
export function awsPage(path: string): Words {
  return [`https://docs.aws.amazon.com/${path}`, `https://docs.aws.amazon.com/ja_jp/${path}`];
}
