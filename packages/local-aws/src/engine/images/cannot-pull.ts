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
