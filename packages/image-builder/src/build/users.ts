import { BuildError } from "../errors.ts";
import type { StageState } from "./stage-state.ts";

/** Who owns what an instruction makes. */
export interface User {
  uid: number;
  gid: number;
  home: string;
}

export const ROOT_USER: User = { uid: 0, gid: 0, home: "/root" };

/** Users that exist in every image, or in the images that a stage is usually based on. */
const KNOWN_USERS: Record<string, User & { only?: RegExp }> = {
  root: ROOT_USER,
  node: { uid: 1000, gid: 1000, home: "/home/node", only: /(^|\/)node(:|@|$)/ },
  nonroot: { uid: 65532, gid: 65532, home: "/home/nonroot", only: /distroless|chainguard/ },
  "www-data": { uid: 33, gid: 33, home: "/var/www" },
  nobody: { uid: 65534, gid: 65534, home: "/nonexistent" },
};

/** What the names of a stage are looked up in. */
type Names = Pick<StageState, "base" | "whole" | "accounts">;

/**
 * The numbers of `user`, `user:group`, `uid` or `uid:gid`. Where the base image was not fetched its `/etc/passwd` is not
 * known, so only names that are the same everywhere, or belong to a well-known base, can be used.
 *
 * @throws {BuildError} `UNSUPPORTED` for any other name
 */
export function parseUser(text: string, names: Names, line: number): User {
  const [name = "", group] = text.split(":");
  const user = lookUp(name, names, line);
  if (group === undefined || group === "") return user;
  const known = names.accounts?.groups.get(group);
  if (known !== undefined) return { ...user, gid: known };
  const { uid, gid } = lookUp(group, names, line);
  return { ...user, gid: /^\d/.test(group) ? uid : gid };
}

/**
 * The numbers of `--chown`, where a user without a group means the group of the same number.
 * https://docs.docker.com/reference/dockerfile/#copy---chown---chmod
 *
 * @throws {BuildError} as `parseUser`
 */
export function parseOwner(text: string, names: Names, line: number): { uid: number; gid: number } {
  const { uid, gid } = parseUser(text, names, line);
  return { uid, gid: text.includes(":") ? gid : uid };
}

function lookUp(name: string, { base, whole, accounts }: Names, line: number): User {
  if (/^\d{1,10}$/.test(name)) {
    const id = Number(name);
    if (id > 0xffff_fffe)
      throw new BuildError(
        "SYNTAX",
        [
          `${name} is too large for a user or group`,
          `${name} はユーザーやグループの番号として大きすぎます`,
        ],
        { line },
      );
    return id === 0 ? ROOT_USER : { uid: id, gid: 0, home: "/" };
  }
  const own = accounts?.users.get(name);
  if (own !== undefined) return own;
  const known: (User & { only?: RegExp }) | undefined =
    whole === undefined && Object.hasOwn(KNOWN_USERS, name) ? KNOWN_USERS[name] : undefined;
  if (known === undefined || (known.only !== undefined && !known.only.test(base ?? ""))) {
    const where = whole?.image ?? base ?? "scratch";
    throw new BuildError(
      "UNSUPPORTED",
      [
        `the user or group "${name}" of ${where} is not known; use its number`,
        `${where} のユーザーまたはグループ "${name}" が分かりません。番号で指定してください`,
      ],
      { line },
    );
  }
  return { uid: known.uid, gid: known.gid, home: known.home };
}
