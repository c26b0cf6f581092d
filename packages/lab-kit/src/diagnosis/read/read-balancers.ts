import type {
  Listener,
  LoadBalancer,
  Rule,
  TargetGroup,
  TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";

import type { AwsClients } from "../../live.ts";
import { pages, type Reader } from "./reader.ts";

/** A listener with its rules, in the order in which they are tried; the default one is the last. */
export interface ListenerState {
  readonly listener: Listener;
  readonly rules: readonly Rule[];
}

/** The load balancers of some VPCs, and where they lead to. */
export interface BalancerState {
  readonly balancers: readonly LoadBalancer[];
  readonly listeners: readonly ListenerState[];
  readonly targetGroups: readonly TargetGroup[];
  /** By the target group's ARN. */
  readonly targets: ReadonlyMap<string, readonly TargetHealthDescription[]>;
}

/** Reads what is in some VPCs, and target groups of other ones that services name. */
export async function readBalancers(
  { elbv2 }: AwsClients,
  reader: Reader,
  vpcIds: readonly string[],
  targetGroupArns: readonly string[],
): Promise<BalancerState> {
  const [all, groups] = await Promise.all([
    reader.ask("elbv2 describe-load-balancers", () => describeAll(elbv2), []),
    reader.ask("elbv2 describe-target-groups", () => describeGroups(elbv2), []),
  ]);
  const balancers = all.filter(({ VpcId = "" }) => vpcIds.includes(VpcId));
  const targetGroups = groups.filter(
    ({ VpcId = "", TargetGroupArn = "" }) =>
      vpcIds.includes(VpcId) || targetGroupArns.includes(TargetGroupArn),
  );
  const listeners = await Promise.all(balancers.map((each) => readListeners(elbv2, reader, each)));
  const targets = await Promise.all(
    targetGroups.map(async ({ TargetGroupArn = "" }) => {
      const found = await reader.ask(
        "elbv2 describe-target-health",
        async () =>
          (await elbv2.describeTargetHealth({ TargetGroupArn })).TargetHealthDescriptions ?? [],
        [],
        ["TargetGroupNotFound"],
      );
      return [TargetGroupArn, found] as const;
    }),
  );
  return { balancers, listeners: listeners.flat(), targetGroups, targets: new Map(targets) };
}

type Elb = AwsClients["elbv2"];

const describeAll = (elbv2: Elb): Promise<LoadBalancer[]> =>
  pages(
    (Marker) => elbv2.describeLoadBalancers(Marker === undefined ? {} : { Marker }),
    ({ LoadBalancers, NextMarker }) => ({ items: LoadBalancers, token: NextMarker }),
  );

const describeGroups = (elbv2: Elb): Promise<TargetGroup[]> =>
  pages(
    (Marker) => elbv2.describeTargetGroups(Marker === undefined ? {} : { Marker }),
    ({ TargetGroups, NextMarker }) => ({ items: TargetGroups, token: NextMarker }),
  );

async function readListeners(
  elbv2: Elb,
  reader: Reader,
  { LoadBalancerArn }: LoadBalancer,
): Promise<ListenerState[]> {
  const listeners = await reader.ask(
    "elbv2 describe-listeners",
    async () => (await elbv2.describeListeners({ LoadBalancerArn })).Listeners ?? [],
    [],
    ["LoadBalancerNotFound"],
  );
  return Promise.all(
    listeners.map(async (listener) => {
      const rules = await reader.ask(
        "elbv2 describe-rules",
        async () => (await elbv2.describeRules({ ListenerArn: listener.ListenerArn })).Rules ?? [],
        [],
        ["ListenerNotFound"],
      );
      return { listener, rules: rules.toSorted((a, b) => priority(a) - priority(b)) };
    }),
  );
}

const priority = ({ Priority, IsDefault }: Rule) => (IsDefault ? Infinity : Number(Priority));
