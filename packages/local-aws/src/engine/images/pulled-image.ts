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
    readonly Labels?: Readonly<Record<string, string>>;
    readonly Healthcheck?: Readonly<Record<string, unknown>>;
  };
  /** `os/architecture` that it was built on. */
  readonly platform: string;
  /** The image named by the last FROM, which was recorded and not fetched (`node:24-slim`); absent for `scratch`. */
  readonly base: string | undefined;
  /** The layers' files in order, gzip or plain tar. */
  readonly layers: readonly {
    readonly digest: string;
    readonly mediaType: string;
    readonly file: string;
    /** `sha256:…` without compression; absent where the configuration does not say. */
    readonly diffId?: string | undefined;
  }[];
}

/** Fetches images for tasks. Roles and reachability have been checked before: this is about the image alone. */
export interface ImagePuller {
  /**
   * Brings `reference` into the blob store and answers what is needed to unpack it.
   * Rejects with an error whose message is ECS's own (`CannotPullContainerError: …`); it becomes the task's `stoppedReason`.
   */
  pull(request: ImagePullRequest): Promise<PulledImage>;
}

export interface ImagePullRequest {
  readonly account: string;
  readonly region: string;
  /** As the task definition names it. */
  readonly reference: string;
  /** The task's `runtimePlatform`: `X86_64` unless told. */
  readonly cpuArchitecture: string | undefined;
  /** Aborted when the task is stopped while it is pending. */
  readonly signal: AbortSignal;
}
