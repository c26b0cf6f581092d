import { join } from "node:path";
import type * as Sdk from "@aws-sdk/client-codebuild";
import { placeInS3 } from "../../services/codebuild/find.ts";
import { isGit, repositoryOf } from "../../services/codebuild/settings.ts";
import type { StoredBuild } from "../../services/codebuild/state.ts";
import type { AgentSession } from "./agent/agent-session.ts";
import { quoted, TMP } from "./agent/shell.ts";
import { BuildFault } from "./build-fault.ts";
import { Repository } from "../repositories/git.ts";
import type { S3Access } from "./s3-access.ts";

/** Where a source is inside, and what of it was fetched. */
export interface SourcePlace {
  /** Empty for the primary one. */
  readonly name: string;
  readonly folder: string;
  /** The commit, of a repository; objects of S3 have none. */
  readonly version: string | undefined;
}

interface SourceParts {
  readonly session: AgentSession;
  readonly s3: S3Access;
  readonly dataDir: string;
}

/**
 * Fetches a build's sources, the primary one first.
 * @throws BuildFault
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/sample-multi-in-out.html
 */
export async function downloadSources(
  parts: SourceParts,
  { id, settings }: Readonly<StoredBuild>,
): Promise<readonly SourcePlace[]> {
  const { source, sourceVersion, secondarySources, secondarySourceVersions } = settings;
  // Digits of the build's own, as on AWS.
  const root = `/codebuild/output/src${Number.parseInt(id.slice(-8), 16)}/src`;
  const versionOf = (name: string) =>
    secondarySourceVersions.find(({ sourceIdentifier }) => sourceIdentifier === name)
      ?.sourceVersion;
  const all = [
    { name: "", source, version: sourceVersion },
    ...secondarySources.map((each) => ({
      name: each.sourceIdentifier ?? "",
      source: each,
      version: versionOf(each.sourceIdentifier ?? ""),
    })),
  ];
  const places: SourcePlace[] = [];
  for (const [index, one] of all.entries()) {
    const folder = folderOf(root, one.source, all.length > 1 ? index : undefined);
    await parts.session.run(`mkdir -p ${quoted(folder)}\n`);
    const version = await download(parts, one.source, one.version, folder);
    places.push({ name: one.name, folder, version });
  }
  return places;
}

function folderOf(root: string, source: Sdk.ProjectSource, index: number | undefined): string {
  const repository = isGit(source) ? repositoryOf(source.location ?? "") : undefined;
  if (repository) {
    const host = new URL(source.location!).host;
    return `${root}/${host}/${repository.owner}/${repository.name}`;
  }
  return index === undefined ? root : `${root}/s3/${String(index).padStart(2, "0")}`;
}

/** Fetches one source. @returns the commit, of a repository */
async function download(
  parts: SourceParts,
  source: Sdk.ProjectSource,
  version: string | undefined,
  folder: string,
): Promise<string | undefined> {
  switch (source.type) {
    case "NO_SOURCE":
      return undefined;
    case "CODEPIPELINE":
      await unzipObject(parts, placeInS3(version ?? ""), undefined, folder);
      return undefined;
    case "S3":
      await fromS3(parts, source.location ?? "", version, folder);
      return undefined;
    default:
      return clone(parts, source, version, folder);
  }
}

const ofSource = (error: BuildFault, version: string | undefined) =>
  new BuildFault(
    error.statusCode,
    `${error.message} for primary source and source version ${version ?? ""}`.trimEnd(),
    error,
  );

async function fromS3(
  { session, s3, dataDir }: SourceParts,
  location: string,
  version: string | undefined,
  folder: string,
): Promise<void> {
  if (!location.endsWith("/"))
    return unzipObject({ session, s3, dataDir }, location, version, folder);
  const place = placeInS3(location);
  const [bucket = ""] = place.split("/");
  const prefix = place.slice(bucket.length + 1);
  const keys = guarded(() => s3.list(location), version).filter((key) => !key.endsWith("/"));
  const script = keys.map((key) => {
    const file = join("/", key.slice(prefix.length)).slice(1);
    const target = quoted(`${folder}/${file}`);
    const from = session.offer(() => s3.open(`${bucket}/${key}`));
    return `mkdir -p "$(dirname ${target})" && curl -s -f -o ${target} ${from} || echo failed > "$T/report"\n`;
  });
  const report = await session.run(script.join(""));
  if (report.length > 0) throw new BuildFault("CLIENT_ERROR", `${location} could not be fetched`);
}

function guarded<T>(work: () => T, version: string | undefined): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof BuildFault ? ofSource(error, version) : error;
  }
}

async function unzipObject(
  { session, s3 }: SourceParts,
  place: string,
  version: string | undefined,
  folder: string,
): Promise<void> {
  const object = guarded(() => s3.open(place, version), version ?? `arn:aws:s3:::${place}`);
  const archive = `${TMP}/source.zip`;
  const report = await session.run(`curl -s -f -o ${archive} ${session.offer(() => object)} &&
unzip -q -o ${archive} -d ${quoted(folder)} > "$T/said" 2>&1 || { head -c 2000 "$T/said"; echo; } > "$T/report"
rm -f ${archive}
`);
  const said = report.toString().trim();
  if (said)
    throw new BuildFault("CLIENT_ERROR", `${place} could not be unpacked: ${said.split("\n")[0]}`);
}

async function clone(
  { session, dataDir }: SourceParts,
  { location = "", gitCloneDepth }: Sdk.ProjectSource,
  version: string | undefined,
  folder: string,
): Promise<string> {
  const { owner, name } = repositoryOf(location)!;
  const { repository, commit } = await findCommit(dataDir, `${owner}/${name}`, version);
  const desk = `git-${owner}-${name}`;
  session.open(desk, (path, request, response) => repository.serve(path, request, response));
  // A commit that is named is to be there, whatever depth is asked for.
  const isNamed = /^[0-9a-f]{40}$/.test(version ?? "");
  const depth = gitCloneDepth && !isNamed ? `--depth ${gitCloneDepth} ` : "";
  const branch =
    version && !isNamed
      ? `--branch ${quoted(version.replace(/^refs\/(?:heads|tags)\//, ""))} `
      : "";
  const report = await session.run(`
git clone -q ${depth}${branch}"$U/${desk}" ${quoted(folder)} > "$T/said" 2>&1 &&
git -C ${quoted(folder)} checkout -q ${commit} >> "$T/said" 2>&1 &&
git -C ${quoted(folder)} remote set-url origin ${quoted(location)} || { head -c 2000 "$T/said"; echo; } > "$T/report"
`);
  const said = report.toString().trim();
  if (said) throw new BuildFault("GIT_CLONE_FAILED", said.split("\n").at(-1)!);
  return commit;
}

/**
 * A repository of this machine, and the commit that a branch, a tag or a commit's own id means in it; that of its HEAD without one.
 * @throws BuildFault where there is none
 */
async function findCommit(dataDir: string, fullName: string, version = "HEAD") {
  const missing = (what: string, why = "") =>
    new BuildFault(
      "GIT_CLONE_FAILED",
      `${what} not found for primary source and source version ${version}${why}`,
    );
  const repository = Repository.find(dataDir, fullName);
  if (!repository)
    throw missing("repository", `: ${fullName} is not among the repositories of this machine`);
  const commit = await repository.resolve(version);
  if (commit === undefined) throw missing("reference");
  return { repository, commit };
}
