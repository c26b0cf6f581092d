import { SERVICES } from "../services/table.ts";
import type { Store } from "../store/store.ts";

/** One resource of the graph: what it is, whose, and the value that the store has. */
export interface TopologyNode {
  readonly kind: string;
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly value: object;
}

/** The cloud as one graph: resources refer to each other by the ids that their values hold. */
export interface Topology {
  readonly version: 1;
  readonly resources: readonly TopologyNode[];
}

/**
 * Reads the graph from the store. What has ended for good (stopped tasks, inactive services, deleted NAT gateways, terminated instances) is left
 * out, and so are the roles that AWS's services make for themselves: they stay when what needed them is gone.
 */
export function topology(store: Store): Topology {
  const resources: TopologyNode[] = [];
  for (const kind of SERVICES.flatMap(({ shown = [] }) => shown)) {
    for (const collection of store.all(kind)) {
      for (const id of collection.ids()) {
        const value = collection.get(id)!;
        if (!hasEnded(value) && !isServiceLinked(value))
          resources.push({ kind: kind.name, ...collection.place, id, value });
      }
    }
  }
  return { version: 1, resources };
}

function hasEnded(value: Readonly<Record<string, unknown>> | object): boolean {
  const { status, lastStatus, state } = value as {
    status?: unknown;
    lastStatus?: unknown;
    state?: unknown;
  };
  return status === "INACTIVE" || lastStatus === "STOPPED" || isOver(state);
}

const isOver = (state: unknown) => state === "deleted" || state === "terminated";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html */
function isServiceLinked(value: object): boolean {
  const { path } = value as { path?: unknown };
  return typeof path === "string" && path.startsWith("/aws-service-role/");
}
