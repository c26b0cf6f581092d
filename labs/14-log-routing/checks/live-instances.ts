import {
  type Check,
  defineCheck,
  failed,
  hint,
  type LiveContext,
  passed,
  pollUntil,
  runningTasks,
  type SynthResource,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { configurationIn, daemonOf, propertyOf, sendsBy, type Way } from "./instance-parts.ts";

const DEADLINE_MS = 120_000;
const WAYS: readonly Way[] = ["port", "socket", "sidecar"];

const FAULTS = {
  "not-deployed": hint(
    ["Is it deployed?", "デプロイしましたか。"],
    ["Deploy what you wrote.", "書いたものをデプロイします。"],
    "./workbook deploy 14",
  ),
  "no-lines": hint(
    ["What do the routers on the instance say?", "インスタンスのルーターは何を書いていますか。"],
    [
      "Their own lines are in the same group, in the streams router/…. A line of an app is there with the id of its container.",
      "同じロググループのストリーム router/… に、ルーター自身の行があります。アプリの行にはコンテナの ID が付いています。",
    ],
    "./workbook logs",
  ),
};

/** What a task on the instance writes is in the log group as a record with its container's id, whichever way it went. */
export function instanceLinesArrive(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "Lines from the instance arrive: by the port, by the socket, by the sidecar",
      "インスタンスの行が、ポート、ソケット、サイドカーのどれでも届く",
    ]),
    faults: FAULTS,
    async run(context) {
      const { met, last } = await pollUntil(
        () => look(context),
        (ways) => ways.every(({ arrived }) => arrived !== undefined),
        { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
      );
      const expected: Words = [
        "a record of a running task's container for each way",
        "どの方法でも、動いているタスクのコンテナのレコードがある",
      ];
      const actual = both`${last.map(({ way, arrived }) => `${way}: ${arrived ?? "-"}`).join(", ")}`;
      if (met) return passed(expected, actual);
      return failed(last.some(({ runs }) => runs) ? "no-lines" : "not-deployed", expected, actual);
    },
  });
}

interface Look {
  readonly way: Way;
  readonly runs: boolean;
  /** The stream that has a line of it. */
  readonly arrived: string | undefined;
}

async function look(context: LiveContext): Promise<Look[]> {
  const records = await recordsOf(context);
  return Promise.all(
    WAYS.map(async (way) => {
      const service = sendsBy(context, way)?.service;
      const tasks = service ? await tasksOf(context, service) : [];
      const ids = tasks.flatMap(({ containers = [] }) =>
        containers.flatMap(({ runtimeId }) => runtimeId ?? []),
      );
      const arrived = records.find(({ message }) => ids.some((own) => message.includes(own)));
      return { way, runs: tasks.length > 0, arrived: arrived?.stream };
    }),
  );
}

/** What is in the daemon's log group. */
async function recordsOf(context: LiveContext): Promise<{ stream: string; message: string }[]> {
  const daemon = daemonOf(context);
  const name = daemon && propertyOf(configurationIn(daemon.router), "log_group_name");
  const [group] = daemon ? context.synth.referredToBy(daemon.definition, name) : [];
  const logGroupName = String(group?.attributes["name"] ?? "");
  const { logGroups = [] } = await context.aws.logs.describeLogGroups({
    logGroupNamePrefix: logGroupName,
  });
  if (!logGroups.some((each) => each.logGroupName === logGroupName)) return [];
  const { events = [] } = await context.aws.logs.filterLogEvents({ logGroupName });
  return events.map(({ logStreamName: stream = "", message = "" }) => ({ stream, message }));
}

/** The tasks that a service runs; none where the stack leaves a name to Terraform. */
async function tasksOf(context: LiveContext, service: SynthResource) {
  const [owner] = context.synth.referredToBy(service, service.attributes["cluster"]);
  const [cluster, name] = [owner?.attributes["name"], service.attributes["name"]];
  if (typeof cluster !== "string" || typeof name !== "string") return [];
  return runningTasks(context, { cluster, service: name });
}
