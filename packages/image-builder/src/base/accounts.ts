import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FileTree } from "../files/tree.ts";

/** The names that a whole image knows users and groups by. https://man7.org/linux/man-pages/man5/passwd.5.html */
export interface Accounts {
  readonly users: ReadonlyMap<string, { uid: number; gid: number; home: string }>;
  readonly groups: ReadonlyMap<string, number>;
}

/** Reads the accounts of a stage whose files are in a folder. */
export async function readAccounts(rootfs: string, tree: FileTree): Promise<Accounts> {
  const [users, groups] = await Promise.all(
    ["etc/passwd", "etc/group"].map(async (path) => {
      // By the tree, which follows the links of the stage and no others.
      const file = join(rootfs, tree.resolve(path));
      const isThere = await lstat(file).then(
        (found) => found.isFile(),
        () => false,
      );
      return isThere
        ? (await readFile(file, "utf8")).split("\n").map((line) => line.split(":"))
        : [];
    }),
  );
  return {
    users: new Map(
      users!.flatMap(([name, , uid, gid, , home]) =>
        name && uid ? [[name, { uid: Number(uid), gid: Number(gid), home: home || "/" }]] : [],
      ),
    ),
    groups: new Map(groups!.flatMap(([name, , gid]) => (name && gid ? [[name, Number(gid)]] : []))),
  };
}
