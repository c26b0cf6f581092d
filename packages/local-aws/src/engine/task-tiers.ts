import { join } from "node:path";
import type { EngineContext } from "./engine.ts";
import { Router } from "./task-network/router/router.ts";
import { WayOut } from "./task-network/router/way-out.ts";
import { ContainerDriver } from "./runtime/containers/container-driver.ts";
import { Room } from "./runtime/containers/room.ts";
import { InstanceNetworks } from "./runtime/containers/instance-networks.ts";
import type { InstanceHost } from "./instances/instances-part.ts";
import { createOffDriver } from "./runtime/off-driver.ts";
import { createProcessDriver } from "./runtime/process/process-driver.ts";
import type { TaskTier } from "./runtime/task-tier.ts";

export interface TierOptions {
  readonly tasks: TaskTier;
  readonly toolsPath: readonly string[] | undefined;
  readonly runc: string | undefined;
}

/** What a cloud's tasks run in, and what it is made of. */
export function createTier(context: EngineContext, options: TierOptions) {
  const { clock, logger, settings } = context;
  const { toolsPath, runc, tasks } = options;
  if (tasks.driver === "off")
    return { driver: createOffDriver(), instances: RECORDS, info: () => ({ driver: "off" }) };
  const { dataDir } = settings;
  if (tasks.driver === "containers") {
    const folder = join(dataDir, "runtime", "room");
    const room = new Room({ clock, logger, folder, runc });
    const router = new Router(context, room);
    const instances = new InstanceNetworks(room);
    const driver = new ContainerDriver({
      clock,
      logger,
      room,
      instances,
      dataDir,
      toolsPath,
      routed: () => router.settled(),
    });
    const way = new WayOut(room, logger);
    const info = () => ({ driver: driver.name, ...roomFacts(room, way) });
    const door = { name: "room", start: () => openRoom(room), stop: () => room.close() };
    return { driver, room, instances, network: [door, way, router], info };
  }
  const driver = createProcessDriver({ clock, logger, dataDir, toolsPath });
  const { missing } = tasks;
  return { driver, info: () => ({ ...driver.info(), ...(missing && { missing }) }) };
}

/** Of a cloud that is the control plane alone, where instances are what is said of them. */
const RECORDS: InstanceHost = {
  open: async () => {},
  close: async () => {},
  sweep: async () => {},
};

/** Of `memory` and `cpu`, what limits containers; and why they have no way to the internet, where that is so. */
function roomFacts({ cgroup }: Room, { missing: internet }: WayOut) {
  return { limits: cgroup?.controllers ?? [], ...(internet !== undefined && { internet }) };
}

/** @throws Error that says what cannot be here, as the machine said it */
async function openRoom(room: Room): Promise<void> {
  try {
    await room.start();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Error(`tasks cannot run as containers here: ${said}`, { cause: error });
  }
}
