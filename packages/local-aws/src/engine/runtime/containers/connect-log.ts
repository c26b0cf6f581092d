import type { Socket } from "node:net";
import type { ConnectLog, LogAddress } from "../../logs/log-connections.ts";
import { instanceNetwork } from "./instance-networks.ts";
import { ROOM, type Dial } from "./inside/messages.ts";
import type { Room } from "./room.ts";
import { ROUTER_SOCKET } from "./router-files.ts";
import { namespacePath } from "./task-network.ts";
import { INSTANCES } from "./task-volumes.ts";

/** Connects log drivers to their receivers: the driver of an instance is on the instance, with its network and its files. */
export function connectLogs(room: Room): ConnectLog {
  return (address): Promise<Socket> => room.connect(toDial(address));
}

function toDial(address: LogAddress): Dial {
  switch (address.kind) {
    case "router":
      return { root: `${ROOM}/tasks/${address.taskId}/${ROUTER_SOCKET}`, path: "fluent.sock" };
    case "unix":
      return { root: `${INSTANCES}/${address.instanceId}/files`, path: address.path };
    case "tcp": {
      const { instanceId, host, port } = address;
      return { namespace: namespacePath(instanceNetwork(instanceId)), host, port };
    }
  }
}
