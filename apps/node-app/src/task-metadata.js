const TIMEOUT_MS = 2_000;

/**
 * Asks the task metadata endpoint which task this is.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-response.html
 *
 * @param {string | undefined} metadataUri the value of `ECS_CONTAINER_METADATA_URI_V4`; undefined outside ECS
 * @returns {Promise<{ taskArn: string | null, taskDefinition: string | null, availabilityZone: string | null }>}
 *   `taskDefinition` is `family:revision`; all are null outside ECS
 * @throws {Error} if the endpoint does not answer within 2 s, or not with a task
 */
export async function readTaskMetadata(metadataUri) {
  if (metadataUri === undefined)
    return { taskArn: null, taskDefinition: null, availabilityZone: null };
  const response = await fetch(`${metadataUri}/task`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`the task metadata endpoint answered ${response.status}`);
  const task = await response.json();
  return {
    taskArn: task.TaskARN ?? null,
    taskDefinition: task.Family ? `${task.Family}:${task.Revision}` : null,
    availabilityZone: task.AvailabilityZone ?? null,
  };
}
