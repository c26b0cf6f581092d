import { randomBytes } from "node:crypto";

import type { Task } from "@aws-sdk/client-ecs";
import {
  type Check,
  defineCheck,
  deployedService,
  failed,
  hint,
  type LiveContext,
  loadBalancerOf,
  NODE_APP,
  passed,
  pollUntil,
  runningTasks,
  serviceNames,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { WEB } from "./web.ts";

const DEADLINE_MS = 60_000;
const CONTAINERS = [WEB.container, NODE_APP.container];
const LISTENER = WEB.listener!;

const STREAMS = {
  "not-nginx": hint(
    [
      "Whose answer is this? Look at its header Server.",
      "これは誰の応答ですか。Server ヘッダーを見てください。",
    ],
    [
      "nginx stands between the load balancer and the app: its port is the one that the service registers.",
      "ALB とアプリの間に nginx が立ちます。サービスが登録するのは nginx のポートです。",
    ],
    'target: { targetGroupArn: targets.arn, containerName: "nginx", containerPort: 80 },',
  ),
  "not-logged": hint(
    [
      "Which of the two containers said nothing of the request?",
      "2 つのコンテナのうち、リクエストについて何も書かなかったのはどちらですか。",
    ],
    [
      "Each container has a stream: prefix/container/task. nginx writes to its standard output where access_log says /dev/stdout: ./workbook logs",
      "ストリームはコンテナごとにあります (プレフィックス/コンテナ/タスク)。nginx の access_log を /dev/stdout にすると標準出力に書かれます: ./workbook logs",
    ],
    "'access_log /dev/stdout traced;'",
  ),
};

/** One request is told of by both containers of one task: nginx took it, the app answered. */
export function bothContainersTell(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "A request passes nginx and the app, and is in the log streams of both",
      "リクエストが nginx とアプリを通り、両方のログストリームに残る",
    ]),
    faults: STREAMS,
    async run(context) {
      const group = await logGroup(context);
      const { DNSName: dnsName } = await loadBalancerOf(context, WEB);
      const trace = `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString("hex")}`;
      const startTime = Date.now() - 60_000;
      const headers = { "x-amzn-trace-id": `Root=${trace}` };
      const answer = await context.request({ dnsName, port: LISTENER, path: "/", headers });
      const server = String(answer.headers["server"] ?? "-");
      const expected: Words = [
        `an answer of nginx, and request ${trace} in the streams of ${CONTAINERS.join(" and ")} of one task`,
        `nginx の応答があり、リクエスト ${trace} が同じタスクの ${CONTAINERS.join(" と ")} のストリームにある`,
      ];
      if (!server.startsWith("nginx"))
        return failed("not-nginx", expected, `Server: ${server}, ${answer.status}`);
      const look = async () => {
        const { events = [] } = await context.aws.logs.filterLogEvents({
          logGroupName: group,
          filterPattern: `"${trace}"`,
          startTime,
        });
        return [...new Set(events.map(({ logStreamName = "" }) => logStreamName))].toSorted();
      };
      const { met, last } = await pollUntil(look, tellsOfBoth, {
        deadlineMs: context.deadlineMs ?? DEADLINE_MS,
      });
      const seen = both`Server: ${server}; ${["streams", "ストリーム"]}: ${last.join(", ") || "-"}`;
      return met ? passed(expected, seen) : failed("not-logged", expected, seen);
    },
  });
}

/** Streams are called prefix/container/task. */
function tellsOfBoth(streams: readonly string[]): boolean {
  const tasksOf = (container: string) =>
    streams
      .map((stream) => stream.split("/").slice(-2))
      .filter(([name]) => name === container)
      .map(([, task]) => task);
  const [first = [], ...others] = CONTAINERS.map(tasksOf);
  return first.some((task) => others.every((tasks) => tasks.includes(task)));
}

async function logGroup(context: LiveContext): Promise<string> {
  const { taskDefinition: arn } = await deployedService(context, WEB);
  const { taskDefinition } = await context.aws.ecs.describeTaskDefinition({ taskDefinition: arn });
  const container = taskDefinition?.containerDefinitions?.find(
    ({ name }) => name === WEB.container,
  );
  return container?.logConfiguration?.options?.["awslogs-group"] ?? "";
}

const AGENTS = {
  "no-agent": hint(
    [
      "Did these tasks start before or after the service allowed ECS Exec?",
      "これらのタスクは、サービスで ECS Exec を有効にする前に起動しましたか。後ですか。",
    ],
    [
      "The agent comes into a container when its task starts, and with the rights of the task role: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
      "エージェントはタスクの起動時にコンテナに入り、タスクロールの権限で動きます: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/ecs-exec.html",
    ],
    "./workbook deploy",
  ),
};

/** The agent of ECS Exec runs in both containers of every task. */
export function agentsRun(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The agent of ECS Exec runs in the containers",
      "コンテナの中で ECS Exec のエージェントが動いている",
    ]),
    faults: AGENTS,
    async run(context) {
      const names = serviceNames(context, WEB);
      const { met, last } = await pollUntil(
        () => runningTasks(context, names),
        (tasks) => tasks.length > 0 && tasks.every((task) => agentsOf(task).every(isRunning)),
        { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
      );
      const expected: Words = both`ExecuteCommandAgent RUNNING: ${CONTAINERS.join(", ")}`;
      const seen = last.map(
        (task) => `${task.taskArn?.split("/").at(-1)} ${agentsOf(task).join(", ")}`,
      );
      const actual: Words =
        seen.length > 0 ? seen.join("; ") : ["no task runs", "動いているタスクがありません"];
      return met ? passed(expected, actual) : failed("no-agent", expected, actual);
    },
  });
}

const isRunning = (agent: string) => agent.endsWith(" RUNNING");

/** `container status` of each container in question. */
function agentsOf({ containers = [] }: Task): readonly string[] {
  return CONTAINERS.map((name) => {
    const agents = containers.find((each) => each.name === name)?.managedAgents ?? [];
    const agent = agents.find((each) => each.name === "ExecuteCommandAgent");
    return `${name} ${agent?.lastStatus ?? "-"}`;
  });
}
