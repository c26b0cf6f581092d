import type { ContainerDefinition, Task, TaskDefinition } from "@aws-sdk/client-ecs";

import type { AwsClients } from "../../live.ts";
import type { Reader } from "./reader.ts";

/** Where a container's lines go: the options of its awslogs driver. */
export type LogOptions = Readonly<Record<string, string>>;

/** One event of a log. */
export interface LogLine {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What CloudWatch Logs has. */
export interface LogState {
  /** The groups that were asked for and are there; undefined where they could not be asked for. */
  readonly groups: ReadonlySet<string> | undefined;
  /** The last lines of a task's container, by `taskArn container`. */
  readonly tails: ReadonlyMap<string, readonly LogLine[]>;
}

/** The awslogs options of a container; undefined where its lines go elsewhere. */
export function awslogsOf({ logConfiguration }: ContainerDefinition): LogOptions | undefined {
  return logConfiguration?.logDriver === "awslogs" ? (logConfiguration.options ?? {}) : undefined;
}

const LAST_LINES = 25;

/**
 * Reads which log groups there are, and what tasks that failed said last.
 *
 * @param failed tasks with their definitions
 */
export async function readLogs(
  { logs }: AwsClients,
  reader: Reader,
  groupNames: readonly string[],
  failed: readonly { readonly task: Task; readonly definition: TaskDefinition }[],
): Promise<LogState> {
  const found = await Promise.all(
    groupNames.map((logGroupNamePrefix) =>
      reader.ask(
        "logs describe-log-groups",
        async () => {
          const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix });
          return logGroups.flatMap(({ logGroupName }) => logGroupName ?? []);
        },
        undefined,
      ),
    ),
  );
  const known = found.every((names) => names !== undefined);
  const tails = await Promise.all(failed.map((each) => readTails(logs, reader, each)));
  return {
    groups: known ? new Set(found.flatMap((names) => names ?? [])) : undefined,
    tails: new Map(tails.flat()),
  };
}

function readTails(
  logs: AwsClients["logs"],
  reader: Reader,
  { task, definition }: { readonly task: Task; readonly definition: TaskDefinition },
): Promise<(readonly [string, readonly LogLine[]])[]> {
  const id = task.taskArn?.split("/").at(-1) ?? "";
  const containers = definition.containerDefinitions ?? [];
  return Promise.all(
    containers.map(async (container) => {
      const options = awslogsOf(container);
      const prefix = options?.["awslogs-stream-prefix"];
      const key = `${task.taskArn} ${container.name}`;
      if (options === undefined || prefix === undefined) return [key, []] as const;
      const lines = await reader.ask(
        "logs get-log-events",
        async () => {
          const { events = [] } = await logs.getLogEvents({
            logGroupName: options["awslogs-group"],
            logStreamName: `${prefix}/${container.name}/${id}`,
            limit: LAST_LINES,
          });
          return events.map(({ message = "", timestamp = 0 }) => ({
            text: message.trimEnd(),
            at: timestamp,
          }));
        },
        [],
        ["ResourceNotFound"],
      );
      return [key, lines] as const;
    }),
  );
}
