/**
 * Why an image cannot be had, as ECS words it in a task's `stoppedReason`.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
 */
export class CannotPullError extends Error {
  override readonly name = "CannotPullError";

  constructor(reason: string, options?: ErrorOptions) {
    super(`CannotPullContainerError: ${reason}`, options);
  }
}

/** An image has nothing for the platform of the task: https://repost.aws/knowledge-center/ecs-task-exec-format-error */
export const wrongPlatform = (architecture: string) =>
  new CannotPullError(
    `image Manifest does not contain descriptor matching platform 'linux/${architecture}'`,
  );
