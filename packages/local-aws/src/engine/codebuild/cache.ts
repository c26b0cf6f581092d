import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Project, StoredBuild } from "../../services/codebuild/state.ts";
import type { AgentSession } from "./agent/agent-session.ts";
import { quoted, TMP } from "./agent/shell.ts";
import { BuildFault } from "./build-fault.ts";
import type { S3Access } from "./s3-access.ts";

interface CacheParts {
  readonly session: AgentSession;
  readonly s3: S3Access;
  readonly dataDir: string;
  readonly build: Readonly<StoredBuild>;
  readonly project: Readonly<Project> | undefined;
  readonly account: string;
  readonly region: string;
}

/** Where a project's archive of cached files is. */
interface CachePlace {
  /** Undefined where there is none yet. @throws BuildFault */
  open(): Readable | undefined;
  save(body: Readable): Promise<unknown>;
}

/**
 * Where builds keep files for those that come after them; undefined where the project wants none.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-caching.html
 */
export function cachePlace(parts: CacheParts): CachePlace | undefined {
  const { cache } = parts.build.settings;
  const version = parts.project?.cacheVersion ?? 1;
  const name = `${parts.build.projectName}-${version}.tar.gz`;
  if (cache.type === "S3") {
    const place = [cache.location, cache.cacheNamespace, name].filter(Boolean).join("/");
    return {
      open: () => openIfThere(parts.s3, place),
      save: (body) => parts.s3.put(place, body, { contentType: "application/gzip" }),
    };
  }
  if (cache.type !== "LOCAL" || !cache.modes?.includes("LOCAL_CUSTOM_CACHE")) return undefined;
  const { dataDir, account, region } = parts;
  const file = join(dataDir, "codebuild", "caches", account, region, name);
  return {
    open: () => (existsSync(file) ? createReadStream(file) : undefined),
    save: async (body) => {
      mkdirSync(dirname(file), { recursive: true });
      const part = `${file}.${parts.build.number}`;
      await pipeline(body, createWriteStream(part, { mode: 0o600 }));
      renameSync(part, file);
    },
  };
}

function openIfThere(s3: S3Access, place: string): Readable | undefined {
  try {
    return s3.open(place);
  } catch (error) {
    if (error instanceof BuildFault && error.message.startsWith("NoSuchKey")) return undefined;
    throw error;
  }
}

/** Folders and files that patterns stand for, without the stars at their ends, as a shell reads them. */
const shellPattern = (pattern: string) =>
  pattern
    .replace(/(?:\/\*\*)?(?:\/\*)?$/, "")
    .split("*")
    .map((part) => (part === "" ? "" : quoted(part)))
    .join("*");

/** Lays the files of an earlier build down; whether there were any. */
export async function restoreCache(session: AgentSession, place: CachePlace, folder: string) {
  const body = place.open();
  if (!body) return false;
  await session.run(
    `curl -s -f -o ${TMP}/cache.tgz ${session.offer(() => body)} && (cd ${quoted(folder)} && tar -xzPf ${TMP}/cache.tgz)\nrm -f ${TMP}/cache.tgz\n`,
  );
  return true;
}

/** Keeps files for later builds: none of a build that failed. */
export async function saveCache(
  session: AgentSession,
  place: CachePlace,
  { folder, paths }: { readonly folder: string; readonly paths: readonly string[] },
): Promise<void> {
  session.take("cache", async (_name, body) => void (await place.save(body)));
  const patterns = paths.map(shellPattern).join(" ");
  await session.run(
    `(cd ${quoted(folder)} && for f in ${patterns}; do [ ! -e "$f" ] || printf '%s\\0' "$f"; done) > "$T/cached"
[ ! -s "$T/cached" ] || { (cd ${quoted(folder)} && tar -czPf ${TMP}/cache.tgz --null -T "$T/cached") && curl -s -f -o /dev/null -T ${TMP}/cache.tgz "$U/put/cache"; }
rm -f ${TMP}/cache.tgz
`,
  );
}
