import { CloudWatchLogs, type FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { setTimeout as delay } from "node:timers/promises";
import type { Session } from "../session.ts";
import { localTarget } from "../target.ts";
import { style } from "../output/style.ts";

/** How often new lines are asked for. */
const FOLLOW_MS = 500;
/** How much of the past is shown: ten minutes. */
const PAST_MS = 10 * 60_000;

/** Prints what the owner's tasks wrote to CloudWatch Logs, oldest first; with `follow`, goes on until it is interrupted. */
export async function logsCommand(
  session: Session,
  service: string | undefined,
  follow: boolean,
): Promise<number> {
  const target = await localTarget(session.workspace, await session.runningCloud());
  const logs = new CloudWatchLogs(target.connection);
  const seen = new Set<string>();
  let since = Date.now() - PAST_MS;
  try {
    do {
      const events = await readEvents(logs, service, since);
      for (const event of events) {
        if (seen.has(event.eventId!)) continue;
        seen.add(event.eventId!);
        print(session, event);
      }
      since = Math.max(since, ...events.map(({ timestamp }) => timestamp! - 1000));
      if (follow) await delay(FOLLOW_MS, undefined, { signal: session.signal });
    } while (follow && !session.signal.aborted);
  } catch (error) {
    if (!session.signal.aborted) throw error;
  } finally {
    logs.destroy();
  }
  if (seen.size === 0)
    session.progress.print("No log lines in the last ten minutes.\n\nNext: ./workbook status");
  return 0;
}

async function readEvents(
  logs: CloudWatchLogs,
  service: string | undefined,
  startTime: number,
): Promise<FilteredLogEvent[]> {
  const { logGroups = [] } = await logs.describeLogGroups({});
  const names = logGroups
    .map(({ logGroupName }) => logGroupName!)
    .filter((name) => service === undefined || name.includes(service));
  const events: FilteredLogEvent[] = [];
  for (const logGroupName of names) {
    let nextToken: string | undefined;
    do {
      const page = await logs.filterLogEvents({ logGroupName, startTime, nextToken });
      events.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
  }
  return events.toSorted((a, b) => a.timestamp! - b.timestamp!);
}

function print(session: Session, { timestamp, logStreamName, message }: FilteredLogEvent): void {
  if (session.json) {
    process.stdout.write(`${JSON.stringify({ timestamp, stream: logStreamName, message })}\n`);
    return;
  }
  const [, container = "", task = ""] = logStreamName!.split("/");
  const time = new Date(timestamp!).toISOString().slice(11, 23);
  process.stdout.write(
    `${style.quiet(time)} ${style.name(container)} ${style.quiet(task.slice(0, 8))} ${message}\n`,
  );
}
