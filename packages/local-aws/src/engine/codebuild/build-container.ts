import { computeOf } from "../../services/codebuild/environment.ts";
import { uuidOf } from "../../services/codebuild/find.ts";
import { imageReference } from "../../services/codebuild/images.ts";
import type { StoredBuild } from "../../services/codebuild/state.ts";
import { secretValue } from "../../services/secretsmanager/secret-values.ts";
import type { CallContext } from "../../services/service.ts";
import type { RegistryCredentials } from "@workbook/registry-client";
import { CannotPullError } from "../images/cannot-pull.ts";
import { RegistryError } from "../images/registry-error.ts";
import { checkRight } from "../images/registry-rights.ts";
import { variablesOf, type ImagePuller, type PulledImage } from "../images/puller.ts";
import type { MetadataRegistry } from "../metadata/metadata-registry.ts";
import type { TaskDriver, TaskSpec } from "../runtime/driver.ts";
import type { AgentSession } from "./agent/agent-session.ts";
import { agentScript } from "./agent/shell.ts";
import { BuildFault, calling } from "./build-fault.ts";
import { requireRight } from "../acting-role.ts";

/** What a build's container needs of the rest of the engine. */
export interface ContainerNeeds {
  readonly driver: TaskDriver;
  readonly images: ImagePuller;
  readonly metadata: MetadataRegistry;
  /** The API as containers reach it. */
  readonly apiEndpoint: string;
  /** The resolver of containers that are in no VPC. */
  readonly nameServer: string;
  /** Where agents ask for their steps, as containers reach it; the token comes behind it. */
  readonly agentUrl: string;
}

const CONTAINER = "build";

/** Tasks have 32 hex digits as their ids, and so has a build without its dashes. */
const idOf = (build: Pick<StoredBuild, "id">) => uuidOf(build).replaceAll("-", "");

/** Brings a build's image. @throws BuildFault `BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE` */
export async function pullBuildImage(
  { images }: Pick<ContainerNeeds, "images">,
  caller: CallContext,
  build: Readonly<StoredBuild>,
  signal: AbortSignal,
): Promise<PulledImage> {
  const { image = "", type, registryCredential } = build.settings.environment;
  const { account, region } = caller;
  const reference = imageReference(image);
  const unable = (message: string, cause?: unknown) =>
    new BuildFault(
      "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE",
      `Unable to pull customer's container image. ${message}`,
      cause,
    );
  try {
    if (/^\d{12}\.dkr\.ecr\./.test(reference))
      calling(
        () => mayPull(caller, build, reference),
        ({ message }) => unable(`CannotPullContainerError: ${message}`),
      );
    return await images.pull({
      account,
      region,
      reference,
      cpuArchitecture: type === "ARM_CONTAINER" ? "ARM64" : "X86_64",
      credentials: registryCredential && credentialsOf(caller, registryCredential.credential ?? ""),
      signal,
    });
  } catch (error) {
    if (error instanceof CannotPullError) throw unable(error.message, error);
    if (error instanceof RegistryError)
      throw unable(`CannotPullContainerError: ${error.message}`, error);
    throw error;
  }
}

/**
 * By CodeBuild itself, or by the service role, as the project says; the policy of a repository of its own counts as well.
 * @throws AwsError, RegistryError
 */
function mayPull(
  caller: CallContext,
  { settings }: Readonly<StoredBuild>,
  reference: string,
): void {
  if (settings.environment.imagePullCredentialsType !== "SERVICE_ROLE") return;
  const [, account, region, name] =
    /^(\d{12})\.dkr\.ecr\.([\w-]+)\.[^/]+\/([^:@]+)/.exec(reference) ?? [];
  const isOwn = account === caller.account && region === caller.region;
  requireRight(caller, "ecr:GetAuthorizationToken", "*");
  for (const action of ["BatchGetImage", "GetDownloadUrlForLayer"])
    if (isOwn) checkRight(caller, action, name ?? "");
    else
      requireRight(caller, `ecr:${action}`, `arn:aws:ecr:${region}:${account}:repository/${name}`);
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/sample-private-registry.html */
function credentialsOf(caller: CallContext, secret: string): RegistryCredentials {
  const { SecretString = "" } = calling(
    () => caller.cloud.transaction(() => secretValue(caller, { SecretId: secret })),
    ({ code, message }) => new BuildFault("Secrets Manager Error", `${code}: ${message}`),
  );
  try {
    const { username = "", password = "" } = JSON.parse(
      SecretString,
    ) as Partial<RegistryCredentials>;
    return { username, password };
  } catch (error) {
    throw new BuildFault("Secrets Manager Error", "the registry's credentials are no JSON", error);
  }
}

/** What runs a build's container, until its agent or its program ends. */
export class BuildContainer {
  readonly #needs: ContainerNeeds;
  readonly #arn: string;
  readonly #ended = Promise.withResolvers<number>();

  constructor(needs: ContainerNeeds, arn: string) {
    this.#needs = needs;
    this.#arn = arn;
  }

  /** Resolves to the exit code when nothing of it runs any more. */
  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  /** @throws CannotStartError, or the signal's reason */
  async start(
    {
      caller,
      build,
      image,
      session,
      output,
    }: {
      readonly caller: CallContext;
      readonly build: Readonly<StoredBuild>;
      readonly image: PulledImage;
      readonly session: AgentSession;
      readonly output: (line: string) => void | Promise<void>;
    },
    signal: AbortSignal,
  ): Promise<void> {
    const { metadata, driver } = this.#needs;
    const { account, region } = caller;
    const { environment } = metadata.register({
      taskArn: this.#arn,
      account,
      region,
      containerNames: [CONTAINER],
      taskRoleArn: build.settings.serviceRole,
      address: build.address,
      sessionName: `AWSCodeBuild-${uuidOf(build)}`,
    });
    const spec = this.#spec(caller, build, image, session, environment[CONTAINER] ?? {});
    await driver.start(
      spec,
      {
        started: () => {},
        output: (_container, _stream, line) => output(line),
        health: () => {},
        restarted: () => {},
        exited: (_container, code) => this.#ended.resolve(code),
      },
      signal,
    );
  }

  #spec(
    { region }: CallContext,
    build: Readonly<StoredBuild>,
    image: PulledImage,
    session: AgentSession,
    metadata: Readonly<Record<string, string>>,
  ): TaskSpec {
    const { settings, address } = build;
    const { memoryMiB } = computeOf(settings.environment.computeType);
    const credentials = Object.entries(metadata).filter(([name]) => name.startsWith("AWS_"));
    const environment = {
      ...variablesOf(image),
      HOME: "/root",
      AWS_ENDPOINT_URL: this.#needs.apiEndpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EXECUTION_ENV: "AWS_ECS_EC2",
      ...Object.fromEntries(credentials),
    };
    return {
      taskArn: this.#arn,
      taskId: idOf(build),
      privateIpAddress: address,
      networkMode: "awsvpc",
      memoryMiB,
      nameServer: this.#needs.nameServer,
      containers: [
        {
          name: CONTAINER,
          definition: {
            name: CONTAINER,
            image: image.reference,
            essential: true,
            user: "0",
            entryPoint: ["/bin/sh"],
            command: ["-c", agentScript(`${this.#needs.agentUrl}${session.token}`)],
          },
          override: undefined,
          image,
          environment,
          stopTimeoutSeconds: 2,
          runtimeId: `${idOf(build)}-0`,
        },
      ],
    };
  }

  /** Ends it, and takes its credentials away. */
  async stop(): Promise<void> {
    await this.#needs.driver.stop(this.#arn);
    this.#needs.metadata.unregister(this.#arn);
  }
}
