import type { Task } from "@aws-sdk/client-ecs";

/**
 * The ids of tasks' network interfaces, as their attachments name them.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
 *
 * @throws {RangeError} when they are not one for each task, as on Fargate; it names the tasks that have none or several
 */
export function interfacesOf(tasks: readonly Task[]): string[] {
  return tasks.map(({ taskArn, attachments = [] }) => {
    const ids = attachments
      .flatMap(({ details = [] }) => details)
      .flatMap(({ name, value }) => (name === "networkInterfaceId" && value ? [value] : []));
    const [id] = ids;
    if (id === undefined || ids.length > 1)
      throw new RangeError(`Task ${taskArn} names ${ids.length} network interfaces instead of one`);
    return id;
  });
}
