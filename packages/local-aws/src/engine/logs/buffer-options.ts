import { bufferNeedsMode, invalidOption, LoggerArgsError } from "./reasons.ts";

/** What happens where a driver has no room for a line, and how much it keeps before that. */
export interface BufferOptions {
  /** The container waits, or what it writes is dropped. */
  readonly mode: "blocking" | "non-blocking";
  readonly bufferBytes: number;
}

/** https://github.com/docker/go-units/blob/master/size.go: `10m`, `1.5 GiB`, `64kb`, `1000`. */
const SIZE = /^(\d+\.?\d*|\.\d+) ?(?:b|([kmgtp])(?:i?b)?)?$/i;

/**
 * Reads `mode` and `max-buffer-size`, which all drivers have in common.
 * https://docs.docker.com/engine/logging/configure/#configure-the-delivery-mode-of-log-messages-from-container-to-log-driver
 * @param otherwise the driver's size where nothing is said
 * @throws LoggerArgsError
 */
export function parseBufferOptions(
  options: Readonly<Record<string, string>>,
  otherwise: string,
): BufferOptions {
  const { mode = "non-blocking", "max-buffer-size": size } = options;
  if (mode !== "blocking" && mode !== "non-blocking")
    throw new LoggerArgsError(invalidOption("mode", JSON.stringify(mode)));
  if (size !== undefined && mode === "blocking") throw new LoggerArgsError(bufferNeedsMode());
  const [, count, unit = ""] = SIZE.exec(size ?? otherwise) ?? [];
  if (count === undefined)
    throw new LoggerArgsError(invalidOption("max-buffer-size", JSON.stringify(size)));
  return { mode, bufferBytes: Number(count) * 1024 ** " kmgtp".indexOf(unit.toLowerCase() || " ") };
}
