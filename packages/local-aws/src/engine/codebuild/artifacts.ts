import { posix } from "node:path";
import { Readable } from "node:stream";
import type * as Sdk from "@aws-sdk/client-codebuild";
import type { StoredBuild } from "../../services/codebuild/state.ts";
import { artifactPlace } from "../../services/codebuild/views.ts";
import type { AgentSession } from "./agent/agent-session.ts";
import { quoted, TMP } from "./agent/shell.ts";
import { BuildFault } from "./build-fault.ts";
import type { ArtifactSpec } from "./buildspec/artifact-spec.ts";
import { PathPattern } from "./buildspec/path-patterns.ts";
import type { Commands } from "./commands.ts";
import type { S3Access } from "./s3-access.ts";

export interface ArtifactParts {
  readonly session: AgentSession;
  readonly commands: Commands;
  readonly s3: S3Access;
  readonly build: Readonly<StoredBuild>;
  /** The primary source's folder. */
  readonly folder: string;
  readonly stamp: (line: string) => string;
}

type Written = StoredBuild["written"][string];

/**
 * Brings one artifact to S3; where it is then.
 * @throws BuildFault `CLIENT_ERROR`
 */
export async function uploadArtifact(
  parts: ArtifactParts,
  spec: ArtifactSpec,
  artifacts: Sdk.ProjectArtifacts,
): Promise<Written> {
  const { session, stamp, commands, build, folder } = parts;
  session.say(
    ...[`Expanding base directory path: ${spec.baseDirectory}`, "Assembling file list"].map(stamp),
  );
  const base = await baseDirectory(session, folder, spec.baseDirectory);
  session.say(
    ...[
      `Expanding ${spec.baseDirectory}`,
      `Expanding file paths for base directory ${spec.baseDirectory}`,
      "Assembling file list",
      ...spec.files.map((pattern) => `Expanding ${pattern}`),
    ].map(stamp),
  );
  const files = chosen(await filesBelow(session, base, spec.keepsLinks), spec);
  if (files.length === 0) throw new BuildFault("CLIENT_ERROR", "no matching artifact paths found");
  session.say(stamp(`Found ${files.length} file(s)`));
  const name =
    artifacts.overrideArtifactName && spec.name !== undefined
      ? await commands.expand(spec.name)
      : artifacts.name;
  const place = artifactPlace(build, artifacts, name);
  // A pipeline's artifacts are archives, whatever its project says.
  const isArchive = artifacts.packaging === "ZIP" || artifacts.type === "CODEPIPELINE";
  return isArchive
    ? putArchive(parts, { base, files, spec, place, artifacts })
    : putFiles(parts, { base, files, spec, place, artifacts });
}

interface Upload {
  readonly base: string;
  readonly files: readonly string[];
  readonly spec: ArtifactSpec;
  readonly place: string;
  readonly artifacts: Sdk.ProjectArtifacts;
}

/** A key of one's own; without one S3 uses what the bucket says. */
function keyOf({ settings }: Readonly<StoredBuild>, { encryptionDisabled }: Sdk.ProjectArtifacts) {
  const { encryptionKey: key } = settings;
  return encryptionDisabled || key.endsWith(":alias/aws/s3") ? undefined : key;
}

async function baseDirectory(session: AgentSession, folder: string, given: string) {
  const wanted = posix.resolve(folder, given);
  const isPattern = /[*?]/.test(given);
  const report = await session.run(
    isPattern
      ? `find ${quoted(folder)} -type d > "$T/report"\n`
      : `[ ! -d ${quoted(wanted)} ] || printf '%s\\n' ${quoted(wanted)} > "$T/report"\n`,
  );
  const pattern = new PathPattern(wanted);
  const found = report.toString().split("\n").filter(Boolean);
  const [match] = isPattern ? found.filter((path) => pattern.matches(path)).toSorted() : found;
  if (match === undefined)
    throw new BuildFault("CLIENT_ERROR", `no matching base directory path found for ${given}`);
  return match;
}

/** Files below a folder, with what links lead to where links do not stay links. */
async function filesBelow(session: AgentSession, base: string, keepsLinks: boolean) {
  const what = keepsLinks ? "find . \\( -type f -o -type l \\)" : "find -L . -type f";
  const report = await session.run(`(cd ${quoted(base)} && ${what}) > "$T/report" 2>/dev/null\n`);
  return report
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((path) => path.replace(/^\.\//, ""));
}

/** Those that a pattern names and none excludes. */
export function chosen(files: readonly string[], spec: ArtifactSpec): readonly string[] {
  const wanted = spec.files.map((pattern) => new PathPattern(pattern));
  const unwanted = spec.excludePaths.map((pattern) => new PathPattern(pattern));
  return files
    .filter((file) => wanted.some((pattern) => pattern.matches(file)))
    .filter((file) => !unwanted.some((pattern) => pattern.matches(file)))
    .toSorted();
}

const listed = (session: AgentSession, files: readonly string[]) =>
  session.offer(() => Readable.from([`${files.join("\n")}\n`]));

async function putArchive({ session, s3, build }: ArtifactParts, upload: Upload): Promise<Written> {
  const { base, files, spec, place, artifacts } = upload;
  const flags = `-q ${spec.discardPaths ? "-j " : ""}${spec.keepsLinks ? "-y " : ""}`;
  let written: Written | undefined;
  let fault: unknown;
  session.take("artifact", async (_name, body) => {
    try {
      const options = { contentType: "application/zip", key: keyOf(build, artifacts) };
      written = { location: place, ...(await s3.put(place, body, options)) };
    } catch (error) {
      fault = error;
      throw error;
    }
  });
  const report = await session.run(`rm -f "$T/artifact.zip"
curl -s -f -o "$T/files" ${listed(session, files)} &&
(cd ${quoted(base)} && zip ${flags}${TMP}/artifact.zip -@ < "$T/files") > "$T/said" 2>&1 &&
curl -s -f -o /dev/null -T "$T/artifact.zip" "$U/put/artifact" || { head -c 2000 "$T/said"; echo; } > "$T/report"
rm -f "$T/artifact.zip"
`);
  return ended(fault, report, written);
}

/** @throws what kept it from being written */
function ended(fault: unknown, report: Buffer, written: Written | undefined): Written {
  if (fault !== undefined) throw fault;
  if (written && report.length === 0) return written;
  const said = report.toString().trim().split("\n").at(-1) ?? "";
  throw new BuildFault("CLIENT_ERROR", `the artifacts could not be packed: ${said}`);
}

/** Each file by its number in the list: what it is called is known here already. */
async function putFiles({ session, s3, build }: ArtifactParts, upload: Upload): Promise<Written> {
  const { base, files, spec, place, artifacts } = upload;
  let fault: unknown;
  session.take("artifact", async (number, body) => {
    const file = files[Number(number)] ?? "";
    const key = spec.discardPaths ? posix.basename(file) : file;
    try {
      await s3.put(`${place}/${key}`, body, { key: keyOf(build, artifacts) });
    } catch (error) {
      fault = error;
      throw error;
    }
  });
  const report = await session.run(`curl -s -f -o "$T/files" ${listed(session, files)} &&
(cd ${quoted(base)} && i=0 && while IFS= read -r f; do
curl -s -f -o /dev/null -T "$f" "$U/put/artifact/$i" </dev/null || exit 1
i=$((i+1))
done < "$T/files") || echo failed > "$T/report"
`);
  return ended(fault, report, { location: place });
}
