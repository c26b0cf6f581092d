import { basename } from "node:path";
import { ROUTER_PORT } from "../../firelens/router-config.ts";
import type { ContainerSpec, TaskSpec } from "../driver.ts";
import type { RoomFile } from "./inside/messages.ts";
import type { RuntimeMount } from "./runtime-config.ts";

/** Where the socket of a task's router is, below the task's folder in the room. */
export const ROUTER_SOCKET = "firelens/socket";

/** What a router has of ours: its configuration, at its program's own path, and the directory of its socket, where drivers find it. */
export function routerMounts(
  { routerFiles }: ContainerSpec,
  folder: string,
  bundle: string,
): { readonly files: readonly RoomFile[]; readonly mounts: readonly RuntimeMount[] } {
  if (routerFiles === undefined) return { files: [], mounts: [] };
  const own = Object.entries(routerFiles).map(([destination, text]) => ({
    destination,
    text,
    path: `${bundle}/${basename(destination)}`,
  }));
  const bind = (source: string, destination: string): RuntimeMount => ({
    destination,
    type: "bind",
    source,
    options: ["rbind", "rw"],
  });
  return {
    files: own.map(({ path, text }) => ({ path, text })),
    mounts: [
      bind(`${folder}/${ROUTER_SOCKET}`, "/var/run"),
      ...own.map(({ path, destination }) => bind(path, destination)),
    ],
  };
}

/**
 * A container whose program may speak to the router itself, by two variables.
 * @param addressOf a container of the task, in its network
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-docker-buffer-limit.html
 */
export function withRouter(
  container: ContainerSpec,
  { networkMode }: TaskSpec,
  addressOf: (container: string) => string | undefined,
): ContainerSpec {
  const { router, environment } = container;
  if (router === undefined || (networkMode !== "awsvpc" && networkMode !== "bridge"))
    return container;
  const host = networkMode === "awsvpc" ? "127.0.0.1" : (addressOf(router) ?? "");
  const added = { FLUENT_HOST: host, FLUENT_PORT: ROUTER_PORT };
  return { ...container, environment: { ...environment, ...added } };
}
