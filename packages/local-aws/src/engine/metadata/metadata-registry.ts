/**
 * Serves the task metadata endpoint and task-role credentials. What it tells of a task (status, times, addresses,
 * limits) it reads from the store, collection `tasks`, at the time of asking.
 */
export interface MetadataRegistry {
  /** Makes the task known. Registering one that is known already answers the same. */
  register(task: MetadataTask): MetadataRegistration;
  /** Forgets the task: its endpoints answer 404 from now on. One that is not known is left alone. */
  unregister(taskArn: string): void;
}

export interface MetadataTask {
  readonly taskArn: string;
  readonly account: string;
  readonly region: string;
  readonly containerNames: readonly string[];
  /** With overrides applied; undefined where the task has no role and so gets no credentials. */
  readonly taskRoleArn: string | undefined;
  /** For what is no task of ECS: its address, which the store does not say of tasks, and the name of its session. */
  readonly address?: string | undefined;
  readonly sessionName?: string;
}

export interface MetadataRegistration {
  /**
   * What each container is given beside its own environment, by container name: `ECS_CONTAINER_METADATA_URI_V4` and,
   * where there is a task role, `AWS_CONTAINER_CREDENTIALS_FULL_URI` and `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
   */
  readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
