import { join } from "node:path";
import { AwsError } from "../../protocol/aws-error.ts";
import { buildArn, projectArn, uuidOf } from "../../services/codebuild/find.ts";
import { projects } from "../../services/codebuild/state.ts";
import { parseReference, type RegistriesOptions } from "@workbook/registry-client";
import type { CallContext } from "../../services/service.ts";
import type { EngineContext } from "../engine.ts";
import { isOwn } from "../images/own-images.ts";
import { assumed } from "../acting-role.ts";
import type { CloudWatchLogRouter } from "../logs/log-router.ts";
import { CannotStartError } from "../cannot-start-error.ts";
import { AgentSession } from "./agent/agent-session.ts";
import { BuildContainer, pullBuildImage, type ContainerNeeds } from "./build-container.ts";
import { DockerDesk } from "./docker/docker-desk.ts";
import { DockerImages } from "./docker/docker-images.ts";
import { dockerScript } from "./docker/docker-shim.ts";
import { BuildFault } from "./build-fault.ts";
import { BuildLog, stamped } from "./build-log.ts";
import { BuildEnding, type BuildRecord, type PhaseEnd } from "./build-record.ts";
import { BuildSteps, type StepsEnd } from "./build-steps.ts";

export interface BuildRunNeeds extends ContainerNeeds {
  readonly context: EngineContext;
  readonly router: CloudWatchLogRouter;
  /** The module that builds images, and where those are pulled from. */
  readonly imageBuilder: string | undefined;
  readonly registries: RegistriesOptions;
  /** Lets an agent's questions in. */
  readonly admit: (session: AgentSession, address: string) => () => void;
  /** An address that no other build has. */
  readonly takeAddress: () => { readonly address: string; readonly free: () => void };
}

/** One build, from the end of its wait to its own. Its phases: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildPhase.html */
export class BuildRun {
  readonly #needs: BuildRunNeeds;
  readonly #record: BuildRecord;
  readonly #session = new AgentSession();
  readonly #ending: AbortSignal;
  #log: BuildLog | undefined;

  /** @param ending ends it where it is; its reason is a {@link BuildEnding} */
  constructor(needs: BuildRunNeeds, record: BuildRecord, ending: AbortSignal) {
    this.#needs = needs;
    this.#record = record;
    this.#ending = ending;
    const end = () => this.#session.end(ending.reason as BuildEnding);
    if (ending.aborted) end();
    else ending.addEventListener("abort", end, { once: true });
  }

  /** Runs it; resolves when nothing of it is left. */
  async run(): Promise<void> {
    const { end, status } = await this.#provisioned().catch((error: unknown) =>
      this.#failed(error),
    );
    this.#record.enter("FINALIZING", end);
    const closed = await this.#closeLog();
    this.#record.complete(status, closed);
  }

  /** What ends the phase that was under way. */
  #failed(error: unknown): StepsEnd {
    if (error instanceof BuildEnding)
      return {
        // That its phase is TIMED_OUT says why.
        status: error.status === "TIMED_OUT" ? "FAILED" : error.status,
        end: { status: error.status, contexts: error.contexts ?? [] },
      };
    if (error instanceof BuildFault)
      return { status: "FAILED", end: { status: "FAILED", contexts: [error.context] } };
    this.#needs.context.logger.error(`the build ${this.#record.id} failed`, error);
    const contexts = [
      { statusCode: "INTERNAL_SERVICE_ERROR", message: "There was an internal error." },
    ];
    return { status: "FAULT", end: { status: "FAULT", contexts } };
  }

  async #closeLog(): Promise<PhaseEnd> {
    try {
      for (const line of this.#session.unsaid()) await this.#log?.write(line);
      await this.#log?.close();
      return { status: "SUCCEEDED" };
    } catch (error) {
      if (!(error instanceof BuildFault)) throw error;
      return { status: "FAILED", contexts: [error.context] };
    }
  }

  async #provisioned(): Promise<StepsEnd> {
    this.#record.enter("PROVISIONING");
    const { driver } = this.#needs;
    if (driver.name !== "containers") throw new BuildFault("CLIENT_ERROR", NO_CONTAINERS);
    const caller = this.#caller();
    const { context, router } = this.#needs;
    const { log, at } = BuildLog.open({ ...context, router }, caller, this.#record.build);
    this.#log = log;
    this.#record.patch(at);
    const image = await pullBuildImage(this.#needs, caller, this.#record.build, this.#ending);
    const { address, free } = this.#needs.takeAddress();
    const leave = this.#needs.admit(this.#session, address);
    this.#record.patch({ address });
    try {
      return await this.#inside(caller, log, image);
    } finally {
      leave();
      free();
      this.#record.patch({ address: undefined });
    }
  }

  async #inside(
    caller: CallContext,
    log: BuildLog,
    image: Awaited<ReturnType<typeof pullBuildImage>>,
  ): Promise<StepsEnd> {
    const { context } = this.#needs;
    const container = new BuildContainer(this.#needs, buildArn(caller, this.#record.id));
    const { build } = this.#record;
    const output = (line: string) => log.write(line);
    const session = this.#session;
    const stamp = (line: string) => stamped(context.clock, line);
    const closing: (() => Promise<void>)[] = [];
    try {
      await container.start({ caller, build, image, session, output }, this.#ending);
      void container.ended.then((code) => session.end(deadContainer(code)));
      const project = caller.store.of(projects).get(build.projectName);
      const { dataDir } = context.settings;
      const docker = this.#docker();
      session.open("docker", new DockerDesk(docker).handle);
      closing.push(() => docker.close());
      const isPrivileged = build.settings.environment.privilegedMode ?? false;
      await session.run(dockerScript(isPrivileged));
      const steps = new BuildSteps({
        caller,
        session,
        log,
        record: this.#record,
        project,
        dataDir,
        stamp,
      });
      const ended = await steps.run();
      session.end();
      return ended;
    } catch (error) {
      if (!(error instanceof CannotStartError)) throw error;
      this.#ending.throwIfAborted();
      throw new BuildFault("BUILD_CONTAINER_UNABLE_TO_START", error.message, error);
    } finally {
      session.end();
      await container.stop();
      for (const close of closing) await close();
    }
  }

  #docker(): DockerImages {
    const { context, imageBuilder, registries } = this.#needs;
    const { dataDir, endpoint } = context.settings;
    const ours = new URL(endpoint).host;
    return new DockerImages({
      folder: join(dataDir, "codebuild", "docker", uuidOf(this.#record)),
      cacheDir: join(dataDir, "codebuild", "docker", "cache"),
      builder: imageBuilder,
      registries,
      endpoint,
      isOwn: (name) => isOwn(parseReference(`${name}/any`), ours),
      signal: this.#ending,
    });
  }

  /** @throws BuildFault where the service role cannot be taken on any more */
  #caller(): CallContext {
    const { context } = this.#needs;
    const { scope, build } = this.#record;
    const { serviceRole: roleArn } = build.settings;
    try {
      return assumed(context, scope, {
        service: "codebuild.amazonaws.com",
        roleArn,
        sourceArn: projectArn(scope, build.projectName),
        session: `AWSCodeBuild-${uuidOf(build)}`,
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new BuildFault(
        "CLIENT_ERROR",
        `CodeBuild is not authorized to perform: sts:AssumeRole on service role. Please verify that: 1) The provided service role exists, 2) The role name is case-sensitive and matches exactly, and 3) The role has the necessary trust policy configured to trust CodeBuild.`,
        error,
      );
    }
  }
}

const NO_CONTAINERS =
  "Local AWS runs builds where tasks run as containers alone, and here they do not. Type: ./workbook cloud down, then ./workbook cloud up --tasks containers";

/** What CodeBuild says of a container that has ended before its build: 137 is the end that memory makes. */
function deadContainer(code: number): BuildFault {
  if (code === 127 || code === 126)
    return new BuildFault(
      "CLIENT_ERROR",
      "The image has no shell that Local AWS can begin a build with: it needs /bin/sh and curl",
    );
  return new BuildFault(
    "INTERNAL_SERVICE_ERROR",
    "Build container found dead before completing the build. Build container died because it was out of memory, or the Docker image is not supported.",
  );
}
