/** Where the server's own log lines go. Programs' output never does. */
export interface Logger {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, error?: unknown): void;
}

/** Writes one JSON line per entry to `stream`. */
export function createJsonLogger(stream: NodeJS.WritableStream): Logger {
  const write = (level: string, message: string, details: object) =>
    void stream.write(
      `${JSON.stringify({ time: new Date().toISOString(), level, message, ...details })}\n`,
    );
  return {
    info: (message, details = {}) => write("info", message, details),
    error: (message, error) =>
      write(
        "error",
        message,
        error === undefined ? {} : { error: error instanceof Error ? error.stack : String(error) },
      ),
  };
}

/** Logs what nobody else could be told of: what listeners of the store throw. */
export function toldTo(logger: Logger): (error: unknown) => void {
  return (error) => logger.error("a listener of the store failed", error);
}
