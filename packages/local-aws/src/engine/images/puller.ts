import {
  parseReference,
  PullError,
  Registries,
  RegistryImages,
  type ImageReference,
  type RegistriesOptions,
  type RegistryCredentials,
  type StandInFacts,
} from "@workbook/registry-client";
import { unlessAborted } from "../../ground/unless-aborted.ts";
import { LayerFiles } from "../../services/ecr/layer-files.ts";
import { isFluentBit } from "../../services/ssm/public-parameters.ts";
import type { EngineContext } from "../engine.ts";
import { CannotPullError } from "./cannot-pull.ts";
import { architectureOf, imageOf } from "./image-parts.ts";
import { isOwn, pullOwn } from "./own-images.ts";
import { PulledFiles, pulledFolder } from "./pulled-files.ts";

/** An image in the blob store, ready to be unpacked. */
export interface PulledImage {
  /** As the task definition names it. */
  readonly reference: string;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  /** The OCI image configuration's `config` member. */
  readonly config: {
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Env?: readonly string[];
    readonly WorkingDir?: string;
    readonly User?: string;
    readonly ExposedPorts?: Readonly<Record<string, object>>;
    readonly StopSignal?: string;
    /** By path: what a container has of its own there, beginning with the image's files. */
    readonly Volumes?: Readonly<Record<string, object>>;
    readonly Labels?: Readonly<Record<string, string>>;
    readonly Healthcheck?: Readonly<Record<string, unknown>>;
  };
  /** `os/architecture` that it was built on. */
  readonly platform: string;
  /** The image named by the last FROM, which was recorded and not fetched (`node:24-slim`); absent for `scratch`. */
  readonly base: string | undefined;
  /** What it is in truth, where another image stands in for it. */
  readonly standIn?: StandInFacts;
  /** The layers' files in order, gzip or plain tar. */
  readonly layers: readonly {
    readonly digest: string;
    readonly mediaType: string;
    readonly file: string;
    /** `sha256:…` without compression; absent where the configuration does not say. */
    readonly diffId?: string | undefined;
  }[];
}

/** The variables that an image gives its containers. */
export const variablesOf = ({ config }: Pick<PulledImage, "config">): Record<string, string> =>
  Object.fromEntries(
    (config.Env ?? []).map((pair) => {
      const at = pair.indexOf("=");
      return at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );

/** Fetches images for tasks. Roles and reachability have been checked before: this is about the image alone. */
export interface ImagePuller {
  /**
   * Brings `reference` into the blob store and answers what is needed to unpack it.
   * Rejects with an error whose message is ECS's own (`CannotPullContainerError: …`); it becomes the task's `stoppedReason`.
   */
  pull(request: ImagePullRequest): Promise<PulledImage>;
  /** Ends the pulls that are under way. */
  close(): Promise<void>;
}

export interface ImagePullRequest {
  readonly account: string;
  readonly region: string;
  /** As the task definition names it. */
  readonly reference: string;
  /** The task's `runtimePlatform`: `X86_64` unless told. */
  readonly cpuArchitecture: string | undefined;
  /** For a registry that is not this cloud's and does not let everyone read. */
  readonly credentials?: RegistryCredentials | undefined;
  /** Aborted when the task is stopped while it is pending. */
  readonly signal: AbortSignal;
}

/**
 * Pulls images from this cloud's own registry, and from any other through its mirrors.
 * @param options undefined where no task runs: then nothing is fetched for one
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
 */
export function createImagePuller(
  context: EngineContext,
  options: RegistriesOptions | undefined,
): ImagePuller {
  const { dataDir, endpoint } = context.settings;
  const files = new LayerFiles(dataDir);
  const ours = new URL(endpoint).host;
  const remote = options && remoteImages(context, options);
  const pull = async (request: ImagePullRequest): Promise<PulledImage> => {
    const reference = inPublic(parseReference(request.reference));
    if (isOwn(reference, ours)) return pullOwn(context, files, request, reference);
    if (!remote)
      throw new CannotPullError(
        `failed to resolve ref ${reference.text}: this Local AWS was started with --tasks off, and pulls nothing`,
      );
    const architecture = architectureOf(request.cpuArchitecture);
    const fetching = remote.images.pull(reference, architecture, request.credentials);
    const { standIn, ...found } = await unlessAborted(fetching, request.signal);
    const image = imageOf(remote.files.layers, {
      ...found,
      reference: reference.text,
      architecture,
    });
    return standIn === undefined ? image : { ...image, standIn };
  };
  return {
    pull: async (request) => {
      request.signal.throwIfAborted();
      try {
        return await pull(request);
      } catch (error) {
        if (!(error instanceof PullError)) throw error;
        throw new CannotPullError(error.message, { cause: error });
      }
    },
    close: async () => remote?.images.close(),
  };
}

/**
 * AWS has its Fluent Bit in ECR of each region, for accounts of AWS alone, and in the public gallery: the same images by the
 * same tags. They come from there.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-using-fluentbit.html
 */
function inPublic(reference: ImageReference): ImageReference {
  if (!isFluentBit(reference)) return reference;
  const repository = "aws-observability/aws-for-fluent-bit";
  return { ...reference, registry: "public.ecr.aws", repository };
}

function remoteImages({ clock, settings }: EngineContext, options: RegistriesOptions) {
  const files = new PulledFiles(pulledFolder(settings.dataDir));
  const registries = new Registries(options);
  const { standIns, standInsFirst } = options;
  return {
    files,
    images: new RegistryImages({ clock, files, registries, standIns, standInsFirst }),
  };
}
