import type { Room } from "../runtime/containers/room.ts";
import type { Endpoint } from "../runtime/driver.ts";

/**
 * Where listeners are bound. `exact`: on their own port, and where that is not permitted on the documented offset;
 * `offset`: always on the offset; `ephemeral`: on any free port (tests).
 */
export type ListenersMode = "exact" | "offset" | "ephemeral";

/** What load balancers need of the rest of the engine. */
export interface LoadBalancerNeeds {
  /** Where a port of the task with this address is; undefined where no running task has the address. */
  endpoint(privateIpAddress: string, port: number): Endpoint | undefined;
  readonly listenersMode: ListenersMode;
  /** Where the network of tasks is, if it is not this machine's: requests have to be sent from in there. */
  readonly room?: Room;
}
