import type { Room } from "../runtime/containers/room.ts";
import type { Endpoint, InterfaceAddress } from "../runtime/driver.ts";

/**
 * Where listeners are bound. `exact`: on their own port, and where that is not permitted on the documented offset;
 * `offset`: always on the offset; `ephemeral`: on any free port (tests).
 */
export type ListenersMode = "exact" | "offset" | "ephemeral";

/** What load balancers need of the rest of the engine. */
export interface LoadBalancerNeeds {
  /** Where a port of the task or instance with this interface is; undefined where nothing that runs has it. */
  endpoint(at: InterfaceAddress, port: number): Endpoint | undefined;
  readonly listenersMode: ListenersMode;
  /** Where the network of tasks is, if it is not this machine's: requests have to be sent from in there. */
  readonly room?: Room;
}
