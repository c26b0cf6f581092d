import type { Instance } from "@aws-sdk/client-ec2";
import type { ContainerInstance } from "@aws-sdk/client-ecs";

import type { AwsClients } from "../../live.ts";
import { type KnownRole, readRoles } from "./read-roles.ts";
import type { ClusterState } from "./read-services.ts";
import { pages, type Reader } from "./reader.ts";

/** An instance that a capacity provider's group has launched. */
export interface LaunchedInstance {
  readonly instance: Instance;
  readonly capacityProvider: string;
  /** As text; undefined where it may not be read. */
  readonly userData: string | undefined;
  /** The role of its profile; undefined where it has none. */
  readonly role: KnownRole | undefined;
}

/** The instances that tasks of a cluster run on, or could. */
export interface InstanceState {
  /** What the cluster knows. */
  readonly registered: readonly ContainerInstance[];
  /** Those that run and are in no cluster's list yet: of the groups of capacity providers that services ask for. */
  readonly unregistered: readonly LaunchedInstance[];
}

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html */
const GROUP_TAG = "tag:aws:autoscaling:groupName";

/** Reads the instances of a cluster, where services of it run on some. */
export async function readInstances(
  aws: AwsClients,
  reader: Reader,
  { name, cluster, services }: ClusterState,
): Promise<InstanceState> {
  const asked = services.flatMap(({ service }) =>
    (service.capacityProviderStrategy ?? []).flatMap(
      ({ capacityProvider }) => capacityProvider ?? [],
    ),
  );
  const providers = [...new Set(asked)].filter((each) => !each.startsWith("FARGATE"));
  const usesInstances =
    providers.length > 0 || services.some(({ service }) => service.launchType === "EC2");
  if (!cluster || !usesInstances) return { registered: [], unregistered: [] };
  const registered = await readRegistered(aws, reader, name);
  const known = new Set(registered.map(({ ec2InstanceId }) => ec2InstanceId));
  const launched = await readLaunched(aws, reader, providers);
  const lost = launched.filter(({ instance }) => !known.has(instance.InstanceId));
  const unregistered = await Promise.all(lost.map((each) => withIdentity(aws, reader, each)));
  return { registered, unregistered };
}

async function readRegistered(
  { ecs }: AwsClients,
  reader: Reader,
  cluster: string,
): Promise<readonly ContainerInstance[]> {
  return reader.ask(
    "ecs describe-container-instances",
    async () => {
      const containerInstances = await pages(
        (nextToken) => ecs.listContainerInstances({ cluster, ...(nextToken && { nextToken }) }),
        ({ containerInstanceArns, nextToken }) => ({
          items: containerInstanceArns,
          token: nextToken,
        }),
      );
      if (containerInstances.length === 0) return [];
      const answer = await ecs.describeContainerInstances({
        cluster,
        // The most that one call takes.
        containerInstances: containerInstances.slice(0, 100),
      });
      return answer.containerInstances ?? [];
    },
    [],
  );
}

type Launched = Pick<LaunchedInstance, "instance" | "capacityProvider">;

async function readLaunched(
  { ecs, ec2 }: AwsClients,
  reader: Reader,
  names: readonly string[],
): Promise<readonly Launched[]> {
  if (names.length === 0) return [];
  const providers = await reader.ask(
    "ecs describe-capacity-providers",
    async () =>
      (await ecs.describeCapacityProviders({ capacityProviders: [...names] })).capacityProviders ??
      [],
    [],
  );
  const launched = await Promise.all(
    providers.map(async ({ name: capacityProvider = "", autoScalingGroupProvider }) => {
      const group = autoScalingGroupProvider?.autoScalingGroupArn?.split("/").at(-1);
      if (group === undefined) return [];
      const found = await reader.ask(
        "ec2 describe-instances",
        async () =>
          (
            await ec2.describeInstances({
              Filters: [
                { Name: GROUP_TAG, Values: [group] },
                { Name: "instance-state-name", Values: ["running"] },
              ],
            })
          ).Reservations ?? [],
        [],
      );
      return found.flatMap(({ Instances = [] }) =>
        Instances.map((instance) => ({ instance, capacityProvider })),
      );
    }),
  );
  return launched.flat();
}

async function withIdentity(
  aws: AwsClients,
  reader: Reader,
  { instance, capacityProvider }: Launched,
): Promise<LaunchedInstance> {
  const userData = await reader.ask(
    "ec2 describe-instance-attribute",
    async () => {
      const { UserData } = await aws.ec2.describeInstanceAttribute({
        InstanceId: instance.InstanceId,
        Attribute: "userData",
      });
      return Buffer.from(UserData?.Value ?? "", "base64").toString("utf8");
    },
    undefined,
  );
  const profile = instance.IamInstanceProfile?.Arn?.split("/").at(-1);
  const arn = profile && (await roleOfProfile(aws, reader, profile));
  const role = arn ? (await readRoles(aws, reader, [arn])).get(arn) : undefined;
  return { instance, capacityProvider, userData, role };
}

function roleOfProfile({ iam }: AwsClients, reader: Reader, InstanceProfileName: string) {
  return reader.ask(
    "iam get-instance-profile",
    async () =>
      (await iam.getInstanceProfile({ InstanceProfileName })).InstanceProfile?.Roles?.[0]?.Arn,
    undefined,
    ["NoSuchEntity"],
  );
}
