import { BuildError } from "../errors.ts";
import type { Instruction } from "../dockerfile/parse.ts";

/** A `--mount` of a RUN. */
export interface RunMount {
  type: "cache" | "tmpfs";
  /** Absolute or relative to the working directory. */
  target: string;
  /** Mounts of one id share what they hold. */
  id: string;
}

// What changes nothing here: one build at a time uses a cache, and it belongs to whoever builds.
const IGNORED_CACHE_OPTIONS = new Set(["sharing", "mode", "uid", "gid"]);

/**
 * The flags of a RUN: `--mount=type=cache,…`, `--mount=type=tmpfs,…` and `--network=default`.
 * https://docs.docker.com/reference/dockerfile/#run---mount
 *
 * @throws {BuildError} `UNSUPPORTED` for every other flag, kind of mount and option, by name
 */
export function parseRunFlags(
  { flags, line }: Instruction,
  expand: (text: string) => string,
): RunMount[] {
  const mounts: RunMount[] = [];
  for (const { name, value } of flags) {
    if (name === "mount") mounts.push(parseMount(expand(value), line));
    else if (name !== "network" || expand(value) !== "default") {
      throw new BuildError(
        "UNSUPPORTED",
        [
          `RUN with the flag --${name}=${value} is not supported`,
          `RUN のフラグ --${name}=${value} には対応していません`,
        ],
        {
          line,
        },
      );
    }
  }
  return mounts;
}

function parseMount(text: string, line: number): RunMount {
  const options = new Map(
    text.split(",").map((option) => {
      const [key = "", ...value] = option.split("=");
      return [key.trim().toLowerCase(), value.join("=")];
    }),
  );
  const type = options.get("type") ?? "bind";
  if (type !== "cache" && type !== "tmpfs") {
    throw new BuildError(
      "UNSUPPORTED",
      [
        `RUN --mount=type=${type} is not supported; cache and tmpfs are`,
        `RUN --mount=type=${type} には対応していません。使えるのは cache と tmpfs です`,
      ],
      { line },
    );
  }
  const target = options.get("target") ?? options.get("dst") ?? options.get("destination");
  if (!target)
    throw new BuildError(
      "SYNTAX",
      [`RUN --mount=${text} has no target`, `RUN --mount=${text} に target がありません`],
      { line },
    );
  for (const key of options.keys()) {
    const known =
      ["type", "target", "dst", "destination"].includes(key) || (type === "cache" && key === "id");
    if (known || (type === "cache" && IGNORED_CACHE_OPTIONS.has(key))) continue;
    throw new BuildError(
      "UNSUPPORTED",
      [
        `RUN --mount=type=${type} with ${key} is not supported`,
        `RUN --mount=type=${type} の ${key} には対応していません`,
      ],
      {
        line,
      },
    );
  }
  return { type, target, id: options.get("id") ?? target };
}
