import type { ContainerSpec } from "./driver.ts";

/** Docker's own PATH, for images that name none. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The words that a container runs. As in Docker, an entry point of the task definition also takes the place of the
 * image's command; a command alone leaves the image's entry point.
 * https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
 */
export function containerCommand(container: ContainerSpec): readonly string[] {
  const { definition, override, image } = container;
  const entryPoint = nonEmpty(definition.entryPoint);
  const command =
    nonEmpty(override?.command) ??
    nonEmpty(definition.command) ??
    (entryPoint ? [] : (image.config.Cmd ?? []));
  return [...(entryPoint ?? image.config.Entrypoint ?? []), ...command];
}

/** In the image's terms; absolute. */
export function containerWorkingDirectory({ definition, image }: ContainerSpec): string {
  const directory = definition.workingDirectory || image.config.WorkingDir || "/";
  return directory.startsWith("/") ? directory : `/${directory}`;
}

/** The API gives an empty list where none was set. */
function nonEmpty(words: readonly string[] | undefined): readonly string[] | undefined {
  return words && words.length > 0 ? words : undefined;
}
