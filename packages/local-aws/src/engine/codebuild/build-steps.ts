import type * as Sdk from "@aws-sdk/client-codebuild";
import type { Project } from "../../services/codebuild/state.ts";
import type { CallContext } from "../../services/service.ts";
import type { AgentSession } from "./agent/agent-session.ts";
import { quoted } from "./agent/shell.ts";
import { uploadArtifact } from "./artifacts.ts";
import { BuildFault } from "./build-fault.ts";
import type { BuildLog } from "./build-log.ts";
import type { BuildRecord, PhaseEnd } from "./build-record.ts";
import { ownVariables, readVariables } from "./build-variables.ts";
import { readBuildspec, PHASES, type Buildspec } from "./buildspec/buildspec.ts";
import { yamlFault } from "./buildspec/nodes.ts";
import { cachePlace, restoreCache, saveCache } from "./cache.ts";
import { Commands } from "./commands.ts";
import { phaseLines, runPhases } from "./phases.ts";
import { chooseRuntimes, RUNTIMES_FILE } from "./runtimes.ts";
import { S3Access } from "./s3-access.ts";
import { downloadSources, type SourcePlace } from "./sources.ts";

export interface StepsParts {
  readonly caller: CallContext;
  readonly session: AgentSession;
  readonly log: BuildLog;
  readonly record: BuildRecord;
  readonly project: Readonly<Project> | undefined;
  readonly dataDir: string;
  readonly stamp: (line: string) => string;
}

/** How a build ended, and with it the phase that was under way. */
export interface StepsEnd {
  readonly status: Sdk.StatusType;
  readonly end: PhaseEnd;
}

/** What is known once a build's sources are there. */
interface Prepared {
  readonly buildspec: Buildspec;
  readonly commands: Commands;
  readonly folder: string;
}

/** What happens while a build's container is there, from DOWNLOAD_SOURCE to UPLOAD_ARTIFACTS. */
export class BuildSteps {
  readonly #parts: StepsParts;
  readonly #s3: S3Access;

  constructor(parts: StepsParts) {
    this.#parts = parts;
    this.#s3 = new S3Access(parts.caller);
  }

  /** @throws what the session ends with */
  async run(): Promise<StepsEnd> {
    const { record } = this.#parts;
    this.#say(
      "Running on CodeBuild On-demand",
      "Waiting for agent ping",
      "Waiting for DOWNLOAD_SOURCE",
    );
    record.enter("DOWNLOAD_SOURCE");
    const prepared = await this.#ended("DOWNLOAD_SOURCE", () => this.#prepare());
    if ("status" in prepared) return prepared;
    const { commands, buildspec } = prepared;
    const say = (line: string) => this.#say(line);
    const phases = await runPhases({ commands, record, buildspec, say }, { status: "SUCCEEDED" });
    const exported = await commands.read(buildspec.exported);
    record.patch({ exported });
    let { end } = phases;
    let status: Sdk.StatusType = phases.succeeded ? "SUCCEEDED" : "FAILED";
    if (phases.uploads) {
      record.enter("UPLOAD_ARTIFACTS", end);
      const uploaded = await this.#ended("UPLOAD_ARTIFACTS", () => this.#upload(prepared));
      end = uploaded?.end ?? { status: "SUCCEEDED" };
      if (uploaded) status = "FAILED";
    }
    if (status === "SUCCEEDED") await this.#keep(prepared);
    return { status, end };
  }

  #say(...lines: readonly string[]): void {
    this.#parts.session.say(...lines.map(this.#parts.stamp));
  }

  /** What `work` answers, or how the phase ended that it could not do. */
  async #ended<T>(type: string, work: () => Promise<T>): Promise<T | StepsEnd> {
    try {
      const answer = await work();
      for (const line of phaseLines(type, { status: "SUCCEEDED" })) this.#say(line);
      return answer;
    } catch (error) {
      if (!(error instanceof BuildFault)) throw error;
      const end = { status: "FAILED" as const, contexts: [error.context] };
      for (const line of phaseLines(type, end)) this.#say(line);
      return { status: "FAILED", end };
    }
  }

  async #prepare(): Promise<Prepared> {
    const { session, record, caller, dataDir, log, stamp } = this.#parts;
    this.#say("Phase is DOWNLOAD_SOURCE");
    const sources = await downloadSources({ session, s3: this.#s3, dataDir }, record.build);
    const [{ folder, version }] = sources as [SourcePlace];
    if (version !== undefined) record.patch({ resolvedSourceVersion: version });
    for (const one of sources)
      this.#say(`CODEBUILD_SRC_DIR${one.name && `_${one.name}`}=${one.folder}`);
    const buildspec = readBuildspec(await this.#buildspec(folder));
    this.#say("Processing environment variables");
    const given = record.build.settings.environment.environmentVariables ?? [];
    const { variables, secrets } = readVariables(caller, given, buildspec);
    log.hide(secrets);
    const commands = new Commands(session, buildspec.shell, stamp);
    await commands.begin(folder, { ...ownVariables(caller, record.build, sources), ...variables });
    await this.#runtimes(buildspec, commands);
    this.#say(`Moving to directory ${folder}`);
    await this.#restore(buildspec, folder);
    this.#say("Registering with agent");
    const found = PHASES.filter((name) => buildspec.phases[name]);
    this.#say(
      `Phases found in YAML: ${found.length}`,
      ...found.map(
        (name) => ` ${name.toUpperCase()}: ${buildspec.phases[name]!.commands.length} commands`,
      ),
    );
    return { buildspec, commands, folder };
  }

  /** The file that the project names, or the text itself. @throws BuildFault `YAML_FILE_ERROR` */
  async #buildspec(folder: string): Promise<string> {
    const { buildspec = "" } = this.#parts.record.build.settings.source;
    if (/\n|^\s*(?:version|phases)\s*:|^\s*\{/.test(buildspec)) {
      this.#say("YAML location is /codebuild/readonly/buildspec.yml");
      return buildspec;
    }
    const fromS3 = /^arn:aws:s3:::(.+)$/.exec(buildspec)?.[1];
    if (fromS3 !== undefined) {
      const chunks: Buffer[] = [];
      for await (const chunk of this.#s3.open(fromS3)) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString();
    }
    const file = `${folder}/${buildspec || "buildspec.yml"}`;
    this.#say(`YAML location is ${file}`);
    const report = await this.#parts.session.run(
      `if [ -f ${quoted(file)} ]; then { echo there; cat ${quoted(file)}; } > "$T/report"; fi\n`,
    );
    if (report.length === 0) throw yamlFault(`stat ${file}: no such file or directory`);
    return report.toString().slice("there\n".length);
  }

  async #runtimes({ runtimes }: Buildspec, commands: Commands): Promise<void> {
    if (Object.keys(runtimes).length === 0)
      return this.#say("No runtime version selected in buildspec.");
    const report = await this.#parts.session.run(
      `[ ! -f ${RUNTIMES_FILE} ] || cat ${RUNTIMES_FILE} > "$T/report"\n`,
    );
    if (report.length === 0)
      return this.#say(
        "Skipping install of runtimes. Runtime version selection is not supported by this build image",
      );
    for (const { name, version, commands: lines } of chooseRuntimes(report.toString(), runtimes)) {
      this.#say(`Selecting '${name}' runtime version '${version}' based on manual selections...`);
      for (const line of lines) await commands.run(line);
    }
  }

  async #restore({ cachePaths }: Buildspec, folder: string): Promise<void> {
    if (cachePaths.length === 0) return this.#say("Cache is not defined in the buildspec");
    const place = this.#cache();
    if (!place) return this.#say("Skip cache due to: no cache in the project");
    const restored = await restoreCache(this.#parts.session, place, folder);
    this.#say(restored ? "Cache was restored" : "Unable to download cache: there is none yet");
  }

  async #keep({ buildspec, folder }: Prepared): Promise<void> {
    const place = buildspec.cachePaths.length === 0 ? undefined : this.#cache();
    if (place) await saveCache(this.#parts.session, place, { folder, paths: buildspec.cachePaths });
  }

  #cache() {
    const { session, record, project, dataDir, caller } = this.#parts;
    const { account, region } = caller;
    return cachePlace({
      session,
      s3: this.#s3,
      dataDir,
      build: record.build,
      project,
      account,
      region,
    });
  }

  async #upload({ buildspec, commands, folder }: Prepared): Promise<undefined> {
    const { session, record, stamp } = this.#parts;
    const { artifacts, secondaryArtifacts } = record.build.settings;
    const parts = { session, commands, s3: this.#s3, build: record.build, folder, stamp };
    const put = async (
      name: string,
      spec: Parameters<typeof uploadArtifact>[1],
      to: Sdk.ProjectArtifacts,
    ) => {
      const place = await uploadArtifact(parts, spec, to);
      record.patch({ written: { ...record.build.written, [name]: place } });
    };
    if (!buildspec.artifacts) this.#say("No artifacts defined in buildspec");
    else if (artifacts.location !== undefined) await put("", buildspec.artifacts, artifacts);
    const names = Object.keys(buildspec.secondaryArtifacts);
    if (names.length > 0) this.#say(`Preparing to copy secondary artifacts ${names.join(", ")}`);
    for (const [name, spec] of Object.entries(buildspec.secondaryArtifacts)) {
      const to = secondaryArtifacts.find(({ artifactIdentifier }) => artifactIdentifier === name);
      if (to) await put(name, spec, to);
    }
    return undefined;
  }
}
