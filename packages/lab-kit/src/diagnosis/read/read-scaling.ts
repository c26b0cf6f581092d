import type {
  ScalableTarget,
  ScalingActivity,
  ScalingPolicy,
} from "@aws-sdk/client-application-auto-scaling";
import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { Service } from "@aws-sdk/client-ecs";

import type { AwsClients } from "../../live.ts";
import { pages, type Reader } from "./reader.ts";

/** What is known of how one service scales. */
export interface ServiceScaling {
  /** `service/cluster/name`. */
  readonly resourceId: string;
  readonly target: ScalableTarget;
  readonly policies: readonly ScalingPolicy[];
  /** Those that invoke a policy of this service, be it one that is not there. */
  readonly alarms: readonly MetricAlarm[];
  /** Newest first; those that came to nothing too. */
  readonly activities: readonly ScalingActivity[];
  /** Whether the target's role is there; undefined where that may not be known. */
  readonly hasRole: boolean | undefined;
}

/** By the services' names; none that are not scaled. */
export type ScalingState = ReadonlyMap<string, ServiceScaling>;

const ECS = "ecs" as const;
/** The newest of them tell why nothing happens now. */
const MOST_ACTIVITIES = 20;

/** Reads how services scale. Where none does, it is one question. */
export async function readScaling(
  aws: AwsClients,
  reader: Reader,
  services: readonly Service[],
): Promise<ScalingState> {
  const named = services.flatMap(({ serviceName, clusterArn, status }) =>
    serviceName && clusterArn && status === "ACTIVE"
      ? [{ name: serviceName, id: `service/${clusterArn.split("/").at(-1)}/${serviceName}` }]
      : [],
  );
  if (named.length === 0) return new Map();
  const targets = await readTargets(aws, reader);
  const scaled = named.flatMap(({ name, id }) => {
    const target = targets.find(({ ResourceId }) => ResourceId === id);
    return target ? [{ name, id, target }] : [];
  });
  if (scaled.length === 0) return new Map();
  const alarms = await readAlarms(aws, reader);
  const states = await Promise.all(
    scaled.map(async ({ name, id, target }) => {
      const [policies, activities, hasRole] = await Promise.all([
        readPolicies(aws, reader, id),
        readActivities(aws, reader, id),
        readRole(aws, reader, target.RoleARN),
      ]);
      const own = alarms.filter(({ AlarmActions = [] }) =>
        AlarmActions.some((arn) => arn.includes(`:resource/ecs/${id}:policyName/`)),
      );
      return [
        name,
        { resourceId: id, target, policies, alarms: own, activities, hasRole },
      ] as const;
    }),
  );
  return new Map(states);
}

const readTargets = ({ scaling }: AwsClients, reader: Reader) =>
  reader.ask(
    "application-autoscaling describe-scalable-targets",
    () =>
      pages(
        (NextToken) => scaling.describeScalableTargets({ ServiceNamespace: ECS, NextToken }),
        ({ ScalableTargets, NextToken }) => ({ items: ScalableTargets, token: NextToken }),
      ),
    [],
  );

const readAlarms = ({ cloudwatch }: AwsClients, reader: Reader) =>
  reader.ask(
    "cloudwatch describe-alarms",
    () =>
      pages(
        (NextToken) =>
          cloudwatch.describeAlarms({ ActionPrefix: "arn:aws:autoscaling", NextToken }),
        ({ MetricAlarms, NextToken }) => ({ items: MetricAlarms, token: NextToken }),
      ),
    [],
  );

const readPolicies = ({ scaling }: AwsClients, reader: Reader, ResourceId: string) =>
  reader.ask(
    "application-autoscaling describe-scaling-policies",
    () =>
      pages(
        (NextToken) =>
          scaling.describeScalingPolicies({ ServiceNamespace: ECS, ResourceId, NextToken }),
        ({ ScalingPolicies, NextToken }) => ({ items: ScalingPolicies, token: NextToken }),
      ),
    [],
  );

const readActivities = ({ scaling }: AwsClients, reader: Reader, ResourceId: string) =>
  reader.ask(
    "application-autoscaling describe-scaling-activities",
    async () =>
      (
        await scaling.describeScalingActivities({
          ServiceNamespace: ECS,
          ResourceId,
          IncludeNotScaledActivities: true,
          MaxResults: MOST_ACTIVITIES,
        })
      ).ScalingActivities ?? [],
    [],
  );

function readRole(
  { iam }: AwsClients,
  reader: Reader,
  arn: string | undefined,
): Promise<boolean | undefined> {
  const RoleName = arn?.split("/").at(-1) ?? "";
  return reader.ask(
    "iam get-role",
    async () => {
      try {
        return (await iam.getRole({ RoleName })).Role !== undefined;
      } catch (error) {
        if (error instanceof Error && error.name.startsWith("NoSuchEntity")) return false;
        throw error;
      }
    },
    undefined,
  );
}
