import type { MountPoint, Volume } from "@aws-sdk/client-ecs";
import { readArn } from "../../../ground/arn.ts";
import type { ContainerSpec, TaskSpec } from "../driver.ts";
import { ROOM } from "./inside/messages.ts";
import type { Room } from "./room.ts";
import type { RuntimeMount } from "./runtime-config.ts";

interface VolumeMount {
  readonly path: string;
  /** The volume's directory in the room. */
  readonly source: string;
  readonly readOnly: boolean;
}

/** The volumes of one task, and what each of its containers mounts of them. */
export class TaskVolumes {
  readonly #spec: TaskSpec;
  readonly #room: Room;
  /** Of the task, in the room. */
  readonly #folder: string;
  /** By volume name, where it is. */
  readonly #sources = new Map<string, string>();
  readonly #filled = new Set<string>();
  #filling: Promise<unknown> = Promise.resolve();

  constructor(spec: TaskSpec, folder: string, room: Room) {
    this.#spec = spec;
    this.#folder = folder;
    this.#room = room;
  }

  /** Makes those that are the task's own, and finds the others. */
  async open(): Promise<void> {
    for (const volume of this.#spec.volumes ?? [])
      this.#sources.set(volume.name!, await this.#room.ask("directory", this.#placeOf(volume)));
    for (const container of this.#spec.containers)
      for (const { source } of this.#anonymous(container))
        await this.#room.ask("directory", { root: this.#folder, path: source });
  }

  #placeOf({ name = "", host, ...volume }: Volume): { root: string; path: string } {
    const { taskArn, instanceId } = this.#spec;
    const { efsVolumeConfiguration: efs, dockerVolumeConfiguration: docker } = volume;
    if (efs) return efsDirectory(taskArn, efs);
    const instance = `${INSTANCES}/${instanceId ?? ""}`;
    if (host?.sourcePath) return { root: `${instance}/files`, path: host.sourcePath };
    if (docker?.scope === "shared") return { root: `${instance}/volumes`, path: name };
    return { root: this.#folder, path: `volumes/${name}` };
  }

  /** What a container mounts; a later one takes the place of an earlier one at the same path. */
  mounts(container: ContainerSpec): RuntimeMount[] {
    const byPath = new Map(this.#all(container).map((mount) => [mount.path, mount]));
    return Array.from(byPath.values(), ({ path, source, readOnly }) => ({
      destination: path,
      type: "bind",
      source,
      options: ["rbind", readOnly ? "ro" : "rw"],
    }));
  }

  /**
   * Gives empty volumes what a container's image has at their paths, where the image says that it has volumes there. Once a container, before
   * its first start, and one container after the other.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
   */
  fill(container: ContainerSpec, rootfs: string): Promise<void> {
    const filled = this.#filling.then(async () => {
      if (this.#filled.has(container.name)) return;
      this.#filled.add(container.name);
      for (const { path, source } of this.#own(container))
        if (imageVolumes(container).includes(path))
          await this.#room.ask("fill", { rootfs, path, volume: source });
    });
    this.#filling = filled.catch(() => {});
    return filled;
  }

  #all(container: ContainerSpec, seen: readonly string[] = []): VolumeMount[] {
    const shared = (container.definition.volumesFrom ?? []).flatMap(
      ({ sourceContainer = "", readOnly }) => {
        const other = this.#spec.containers.find(({ name }) => name === sourceContainer);
        if (!other || seen.includes(sourceContainer)) return [];
        return this.#all(other, [...seen, container.name]).map((mount) =>
          readOnly ? { ...mount, readOnly } : mount,
        );
      },
    );
    return [...shared, ...this.#own(container)];
  }

  #own(container: ContainerSpec): VolumeMount[] {
    const named = (container.definition.mountPoints ?? []).map(
      ({ sourceVolume = "", containerPath = "", readOnly = false }: MountPoint) => ({
        path: trimmed(containerPath),
        source: this.#sources.get(sourceVolume)!,
        readOnly,
      }),
    );
    const anonymous = this.#anonymous(container).map(({ path, source }) => ({
      path,
      source: `${this.#folder}/${source}`,
      readOnly: false,
    }));
    return [...anonymous.filter(({ path }) => !named.some((it) => it.path === path)), ...named];
  }

  /** Volumes that an image has without a word of the definition: a container's own, writable also where its root file system is not. */
  #anonymous(container: ContainerSpec): { path: string; source: string }[] {
    return imageVolumes(container).map((path, index) => ({
      path,
      source: `anonymous/${container.name}/${index}`,
    }));
  }
}

const imageVolumes = ({ image }: ContainerSpec) =>
  Object.keys(image.config.Volumes ?? {}).map(trimmed);

const trimmed = (path: string) => path.replace(/(?<=.)\/+$/, "");

/** The disks of EC2 instances, in the room: each as long as there is its instance. */
export const INSTANCES = `${ROOM}/instances`;

type EfsConfiguration = NonNullable<
  NonNullable<TaskSpec["volumes"]>[number]["efsVolumeConfiguration"]
>;

/**
 * A file system is a directory of this machine, which stays when tasks end; an access point has one of its own.
 * @returns its root and the path below, in the room
 */
export function efsDirectory(taskArn: string, efs: EfsConfiguration) {
  const { account, region } = readArn(taskArn);
  const { fileSystemId = "", rootDirectory = "/", authorizationConfig } = efs;
  const { accessPointId } = authorizationConfig ?? {};
  const name = [fileSystemId, accessPointId ?? []].flat().join("-");
  const root = `${ROOM}/efs/${account}/${region}/${name.replaceAll(/[^\w-]/g, "_")}`;
  return { root, path: rootDirectory };
}
