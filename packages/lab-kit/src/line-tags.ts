const TASK_ID = "0123456789abcdef0123456789abcdef";

/**
 * The tag under which a container's lines come to the log router of its task, with the id of some task.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html
 */
export const lineTag = (container: string): string => `${container}-firelens-${TASK_ID}`;

/** Whether a `Match` takes what has a tag: a star stands for any letters. */
export function fitsTag(match: string, tag: string): boolean {
  const parts = match.split(/\*+/).map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(tag);
}
