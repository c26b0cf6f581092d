import { CannotStartError } from "../cannot-start-error.ts";

/**
 * What Fargate says where it cannot open a container's log. The frame and CreateLogStream's and CreateLogGroup's answers are
 * as stopped tasks of 2026 show them in public deployment logs ("failed to validate logger args: create stream has been
 * retried 1 times: … : exit status 1"); the texts on options are Docker's own, of its awslogs driver:
 * https://docs.docker.com/engine/logging/drivers/awslogs/
 */
export class LoggerArgsError extends Error {
  override readonly name = "LoggerArgsError";

  constructor(detail: string, options?: ErrorOptions) {
    super(
      `ResourceInitializationError: failed to validate logger args: ${detail} : exit status 1`,
      options,
    );
  }
}

/** A call to CloudWatch Logs that failed, as the SDK that Fargate uses words it. */
export function callFailed(
  operation: "CreateLogGroup" | "CreateLogStream",
  requestId: string,
  error: { readonly name: string; readonly message: string },
): string {
  const what = operation === "CreateLogGroup" ? "group" : "stream";
  return `create stream has been retried 1 times: failed to create Cloudwatch log ${what}: operation error CloudWatch Logs: ${operation}, https response error StatusCode: 400, RequestID: ${requestId}, ${error.name}: ${error.message}`;
}

export const missingOption = (option: string) => `must specify a value for log opt '${option}'`;

export const unknownOption = (option: string) => unknownDriverOption(option, "awslogs");

export const unknownDriverOption = (option: string, driver: string) =>
  `unknown log opt '${option}' for ${driver} log driver`;

export const invalidOption = (option: string, value: string) =>
  `must specify valid value for log opt '${option}': ${value}`;

export const exclusiveOptions = () =>
  "you cannot configure log opt 'awslogs-datetime-format' and 'awslogs-multiline-pattern' at the same time";

export const bufferNeedsMode = () =>
  "logger: 'max-buffer-size' option is only supported with 'mode=non-blocking'";

/** Words of Local AWS. */
export const unsupportedDriver = (driver: string) =>
  `Local AWS has no log driver "${driver}"; awslogs, awsfirelens, fluentd and json-file are supported`;

/** Words of Local AWS. */
export const needsContainers = (driver: string) =>
  `the log driver "${driver}" sends to other containers, and tasks run as plain processes here: ./workbook doctor says what containers need`;

/**
 * Why a container does not start whose driver finds nobody to send to, in Docker's words, and Go's for the address.
 * https://github.com/moby/moby/blob/master/daemon/start.go
 */
export class CannotReachReceiver extends CannotStartError {
  constructor(
    address: { readonly path: string } | { readonly host: string; readonly port: number },
    cause: Error,
  ) {
    const to = "path" in address ? `unix ${address.path}` : `tcp ${address.host}:${address.port}`;
    const why = /ENOENT/.test(cause.message)
      ? "no such file or directory"
      : /ECONNREFUSED/.test(cause.message)
        ? "connection refused"
        : cause.message.replace(/^connect /, "");
    super(
      `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial ${to}: connect: ${why}`,
      { cause },
    );
  }
}
