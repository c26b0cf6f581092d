import { promisify } from "node:util";
import { Readable } from "node:stream";
import { gzip } from "node:zlib";
import type { Clock } from "../../clock/clock.ts";
import type { CallContext } from "../../services/service.ts";
import type { StoredBuild } from "../../services/codebuild/state.ts";
import { buildArn, uuidOf } from "../../services/codebuild/find.ts";
import type { Store } from "../../store/store.ts";
import { requireLogStream } from "../acting-role.ts";
import type { CloudWatchLogRouter } from "../logs/log-router.ts";
import type { LogSink } from "../logs/log-sink.ts";
import { BuildFault, calling } from "./build-fault.ts";
import { S3Access } from "./s3-access.ts";

/** What is kept of a log for S3: the rest of a longer one is in CloudWatch alone. */
const MOST_CHARACTERS = 32 << 20;

export interface BuildLogParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly router: CloudWatchLogRouter;
}

/** What a build writes, on its way to CloudWatch Logs as it comes, and to S3 at its end. */
export class BuildLog {
  readonly #clock: Clock;
  readonly #sink: LogSink | undefined;
  readonly #s3: { readonly access: S3Access; readonly place: string } | undefined;
  readonly #written: string[] = [];
  #size = 0;
  #secrets: readonly string[] = [];

  private constructor(
    clock: Clock,
    sink: LogSink | undefined,
    s3: { access: S3Access; place: string } | undefined,
  ) {
    this.#clock = clock;
    this.#sink = sink;
    this.#s3 = s3;
  }

  /**
   * Opens a build's log, as its service role may; and where it is.
   * @throws BuildFault `ACCESS_DENIED`
   */
  static open(
    { store, clock, router }: BuildLogParts,
    caller: CallContext,
    build: Readonly<StoredBuild>,
  ): { log: BuildLog; at: Pick<StoredBuild, "logs" | "s3Log"> } {
    const { cloudWatchLogs, s3Logs } = build.settings.logsConfig;
    const { account, region } = caller;
    const logs = cloudWatchLogs?.status === "ENABLED" ? streamOf(build) : undefined;
    const s3Log =
      s3Logs?.status === "ENABLED" ? `${s3Logs.location}/${uuidOf(build)}.gz` : undefined;
    let sink: LogSink | undefined;
    if (logs) {
      const { groupName: group, streamName: stream } = logs;
      calling(
        () => store.record(() => requireLogStream(caller, group, stream)),
        ({ message }) =>
          new BuildFault(
            "ACCESS_DENIED",
            `Service role ${build.settings.serviceRole} does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams for build ${buildArn(caller, build.id)}. Error message: ${message}`,
          ),
      );
      sink = router.openStream({ account, region, group, stream });
    }
    const s3 = s3Log === undefined ? undefined : { access: new S3Access(caller), place: s3Log };
    return {
      log: new BuildLog(clock, sink, s3),
      at: { ...(logs && { logs }), ...(s3Log !== undefined && { s3Log }) },
    };
  }

  /** What is never to be read in the log. */
  hide(secrets: readonly string[]): void {
    this.#secrets = [...this.#secrets, ...secrets.filter((secret) => secret.length > 0)].toSorted(
      (a, b) => b.length - a.length,
    );
  }

  /** A line of the build's own; a promise resolves when there is room for more. */
  write(line: string): void | Promise<void> {
    let shown = line;
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, "***");
    const message = `${shown}\n`;
    if (this.#s3 && this.#size < MOST_CHARACTERS) {
      this.#size += message.length;
      this.#written.push(message);
    }
    return this.#sink?.write("stdout", message, this.#clock.now());
  }

  /** @throws BuildFault where the log cannot be written to S3 */
  async close(): Promise<void> {
    await this.#sink?.close();
    if (!this.#s3) return;
    const body = await promisify(gzip)(this.#written.join(""));
    await this.#s3.access.put(this.#s3.place, Readable.from([body]), {
      contentType: "application/gzip",
    });
  }
}

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CloudWatchLogsConfig.html */
function streamOf(build: Readonly<StoredBuild>) {
  const { groupName, streamName } = build.settings.logsConfig.cloudWatchLogs ?? {};
  const uuid = uuidOf(build);
  return {
    groupName: groupName ?? `/aws/codebuild/${build.projectName}`,
    streamName: streamName === undefined ? uuid : `${streamName}/${uuid}`,
  };
}

/** Instants as lines of the build's own have them: in microseconds. */
export function stamped(clock: Clock, line: string): string {
  const [day = "", time = ""] = new Date(clock.now()).toISOString().split("T");
  return `[Container] ${day.replaceAll("-", "/")} ${time.replace("Z", "000")} ${line}`;
}
