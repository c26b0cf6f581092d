import { readFile } from "node:fs/promises";
import { CannotStartError } from "../../cannot-start-error.ts";
import { couldNotRun } from "../reasons.ts";

/** Who runs a container's program, as runc wants it. */
export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
}

/** The image's own tables of users and groups; absent where it has none. */
export interface UserFiles {
  readonly passwd: string | undefined;
  readonly group: string | undefined;
}

/**
 * Reads a user as Dockerfiles and task definitions name it: `name`, `uid`, `name:group`, `uid:gid`; root where there is none.
 * @throws CannotStartError in the container runtime's words where a name is not the image's
 * @see https://docs.docker.com/reference/dockerfile/#user
 */
export async function containerUser(text: string, files: UserFiles): Promise<ContainerUser> {
  const [user = "0", group] = (text || "0").split(":");
  const users = await rows(files.passwd);
  const groups = await rows(files.group);
  const found = users.find(([name, , uid]) => name === user || uid === user);
  if (!found && !/^\d+$/.test(user))
    throw new CannotStartError(
      couldNotRun(`unable to find user ${user}: no matching entries in passwd file`),
    );
  const uid = Number(found?.[2] ?? user);
  const named = groups.find(([name, , gid]) => name === group || gid === group);
  if (group !== undefined && !named && !/^\d+$/.test(group))
    throw new CannotStartError(
      couldNotRun(`unable to find group ${group}: no matching entries in group file`),
    );
  const gid = group === undefined ? Number(found?.[3] ?? 0) : Number(named?.[2] ?? group);
  const name = found?.[0];
  // A group that was named is the only one, as in Docker.
  const additionalGids =
    group === undefined && name !== undefined
      ? groups.filter(([, , , members = ""]) => members.split(",").includes(name))
      : [];
  return { uid, gid, additionalGids: additionalGids.map(([, , id]) => Number(id)) };
}

async function rows(file: string | undefined): Promise<string[][]> {
  if (file === undefined) return [];
  const text = await readFile(file, "utf8");
  const lines = text.split("\n").filter((line) => line.includes(":"));
  return lines.map((line) => line.trim().split(":"));
}
