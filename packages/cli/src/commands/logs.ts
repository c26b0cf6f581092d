import { CloudWatchLogs, type FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { setTimeout as delay } from "node:timers/promises";
import type { AwsConnection } from "@workbook/lab-kit";
import { both, UserError } from "@workbook/toolchain";
import { suggest } from "../command-line/suggest.ts";
import { onTarget } from "../command-line/commands.ts";
import type { Session } from "../session.ts";
import { localTarget } from "../target/local-target.ts";
import { style } from "../output/style.ts";
import { nextStep } from "../output/next.ts";
import { ownerOf } from "../workspace.ts";

/** How often new lines are asked for; AWS takes five questions a second: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const FOLLOW_MS = { local: 500, aws: 2000 } as const;
/** How much of the past is shown: ten minutes. */
const NO_LINES = [
  "No log lines in the last ten minutes.",
  "この 10 分間のログはありません。",
] as const;
const PAST_MS = 10 * 60_000;

/** Prints what the owner's tasks wrote to CloudWatch Logs, oldest first; with `follow`, goes on until it is interrupted. */
export async function logsCommand(
  session: Session,
  service: string | undefined,
  follow: boolean,
): Promise<number> {
  const logs = new CloudWatchLogs(await connectionOf(session));
  const isWanted = await chooseGroups(session, service);
  // What is followed may come yet.
  if (service !== undefined && !follow) await requireGroup(logs, session, service);
  const seen = new Set<string>();
  let since = Date.now() - PAST_MS;
  try {
    do {
      const events = await readEvents(logs, isWanted, since);
      for (const event of events) {
        if (seen.has(event.eventId!)) continue;
        seen.add(event.eventId!);
        print(session, event);
      }
      since = Math.max(since, ...events.map(({ timestamp }) => timestamp! - 1000));
      if (follow)
        await delay(FOLLOW_MS[session.target.name], undefined, { signal: session.signal });
    } while (follow && !session.signal.aborted);
  } catch (error) {
    if (!session.signal.aborted) throw error;
  } finally {
    logs.destroy();
  }
  if (seen.size === 0)
    session.progress.print(
      both`${NO_LINES}\n\n${nextStep(session.target.name === "local" ? "./workbook status" : onTarget(session, "check"))}`,
    );
  return 0;
}

/** @throws {UserError} where there are log groups of the owner's, and none is of this service */
async function requireGroup(
  logs: CloudWatchLogs,
  session: Session,
  service: string,
): Promise<void> {
  const all = await listGroups(logs, await chooseGroups(session, undefined));
  if (all.length === 0 || all.some((name) => name.includes(service))) return;
  const owner = ownerOf(session.workspace);
  const services = all.map((name) => name.split("/").at(-1)!.replace(`-${owner}`, ""));
  const meant = suggest(service, services) ?? services[0]!;
  throw new UserError(
    [
      `Nothing called "${service}" writes logs: there are ${services.join(", ")}.`,
      `"${service}" のログはありません。あるのは ${services.join("、")} です。`,
    ],
    { code: "LOGS_UNKNOWN", next: onTarget(session, `logs ${meant}`), exitCode: 2 },
  );
}

async function listGroups(
  logs: CloudWatchLogs,
  isWanted: (name: string) => boolean,
): Promise<string[]> {
  const names: string[] = [];
  for await (const { logGroups = [] } of logs.paginateDescribeLogGroups({}))
    names.push(...logGroups.map(({ logGroupName }) => logGroupName!).filter(isWanted));
  return names;
}

async function connectionOf(session: Session): Promise<AwsConnection> {
  if (session.target.name === "aws") {
    const { connectToAccount } = await import("../aws/aws-target.ts");
    return (await connectToAccount()).connection;
  }
  return (await localTarget(session.workspace, await session.target.runningCloud())).connection;
}

/** Which log groups are read. Local AWS has none but the learner's; an account may have everybody's. */
async function chooseGroups(
  session: Session,
  service: string | undefined,
): Promise<(name: string) => boolean> {
  const named = (name: string) => service === undefined || name.includes(service);
  if (session.target.name === "local") return named;
  await session.target.owner();
  const owner = ownerOf(session.workspace);
  return (name) => name.startsWith("/ecs/") && name.endsWith(`-${owner}`) && named(name);
}

async function readEvents(
  logs: CloudWatchLogs,
  isWanted: (name: string) => boolean,
  startTime: number,
): Promise<FilteredLogEvent[]> {
  const names = await listGroups(logs, isWanted);
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
