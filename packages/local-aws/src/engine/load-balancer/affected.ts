import { instances } from "../../services/ec2/instances/state.ts";
import {
  networkInterfaces,
  privateAddresses,
  publicAddresses,
  type NetworkInterface,
} from "../../services/ec2/state.ts";
import { tasks, type Task } from "../../services/ecs/state.ts";
import { registrationsByAddress } from "../../services/elbv2/indexes.ts";
import {
  targetGroups,
  targetHealths,
  targetRegistrations,
  type TargetRegistration,
} from "../../services/elbv2/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Store } from "../../store/store.ts";

/** What of load balancing has to be worked out anew: target groups, by ARN, or all of it. */
export type Affected = "all" | ReadonlySet<string>;

/** The requester of load balancers' own interfaces. */
const LOAD_BALANCING = "amazon-elb";

/**
 * What a commit may change for load balancers. A task, and the interface at a target's address, matter to the target groups
 * that hold it; what is common to a network, to everything; tags to nothing.
 */
export function affectedBy(store: Store, changes: readonly Change[]): Affected {
  const groups = new Set<string>();
  for (const change of changes) {
    const found = groupsOf(store, change);
    if (found === "all") return "all";
    for (const arn of found) groups.add(arn);
  }
  return groups;
}

/** Both together. */
export function bothAffected(one: Affected, other: Affected): Affected {
  return one === "all" || other === "all" ? "all" : new Set([...one, ...other]);
}

function groupsOf(store: Store, change: Change): "all" | readonly string[] {
  const { kind, id } = change;
  const value = change.after ?? change.before;
  switch (kind) {
    case tasks.name:
      return groupsAt(store, change, (value as Task).privateIpAddress);
    case instances.name:
      return groupsAt(store, change, id);
    case targetRegistrations.name:
    case targetHealths.name:
      return [(value as TargetRegistration).targetGroupArn];
    case targetGroups.name:
      return isOfTags(change) ? [] : [id];
    case networkInterfaces.name: {
      const { requesterId, privateIpAddress, attachment } = value as NetworkInterface;
      if (isOfTags(change)) return [];
      if (requesterId === LOAD_BALANCING) return "all";
      const ofInstance = attachment?.instanceId;
      return [
        ...groupsAt(store, change, privateIpAddress),
        ...(ofInstance === undefined ? [] : groupsAt(store, change, ofInstance)),
      ];
    }
    // What is said there again, the interface itself has.
    case publicAddresses.name:
    case privateAddresses.name:
      return [];
    default:
      if (!kind.startsWith("elbv2.") && !kind.startsWith("ec2.")) return [];
      return isOfTags(change) ? [] : "all";
  }
}

/** The target groups that hold a target of an id: an address, or an instance's own. */
function groupsAt(store: Store, { account, region }: Change, address: string | undefined) {
  return store
    .of(targetRegistrations, account, region)
    .by(registrationsByAddress, address ?? "")
    .map(({ targetGroupArn }) => targetGroupArn);
}

/** Whether nothing but the tags of a value is another: what a patch leaves alone stays the same object. */
function isOfTags({ before, after }: Change): boolean {
  if (!before || !after) return false;
  const [one, other] = [before, after] as Readonly<Record<string, unknown>>[];
  const names = new Set([...Object.keys(one!), ...Object.keys(other!)]);
  return [...names].every((name) => name === "tags" || one![name] === other![name]);
}
