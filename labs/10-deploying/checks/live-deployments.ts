import {
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  type LiveContext,
  loadBalancerOf,
  NODE_APP,
  passed,
  pollUntil,
  type WebApp,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import {
  DEADLINE_MS,
  newVersion,
  registerLike,
  rollOut,
  type Rolled,
  readyForUsers,
} from "./revisions.ts";
import { awsPage, canaryOf, namesOf } from "./stack-parts.ts";
import { Users } from "./users.ts";

const ROLLING = awsPage("AmazonECS/latest/developerguide/deployment-type-ecs.html");
const BREAKER = awsPage("AmazonECS/latest/developerguide/deployment-circuit-breaker.html");

const FAULTS = {
  "failed-requests": hint(
    [
      "Users were asking all the while. Who was there to answer, at the worst moment?",
      "利用者はずっとリクエストを送っていました。最悪の瞬間に、応答できるタスクはいくつありましたか。",
    ],
    both`${["Never fewer than all of them, if the new ones come before the old ones go:", "新しいタスクが来てから古いタスクが去れば、減ることはありません:"]} ${ROLLING}`,
    "./workbook why",
  ),
  "not-done": hint(
    ["What do the service's latest events say?", "サービスの最新のイベントには何とありますか。"],
    both`${["They tell step by step what becomes of a deployment:", "デプロイがどうなったか、順に書いてあります:"]} ${awsPage("AmazonECS/latest/developerguide/service-event-messages.html")}`,
    "./workbook status",
  ),
  "not-together": hint(
    [
      "Did old and new tasks answer at the same time?",
      "古いタスクと新しいタスクは、同時に応答していましたか。",
    ],
    both`${["While a deployment goes on there are both:", "デプロイの間は両方があります:"]} ${ROLLING}`,
    "./workbook status",
  ),
  "stayed-broken": hint(
    [
      "The broken revision is still what the service wants. What should have noticed?",
      "サービスは、いまも壊れたリビジョンを求めています。何が気付くはずでしたか。",
    ],
    both`${["The circuit breaker, and it has to roll back:", "サーキットブレーカーです。ロールバックの設定が要ります:"]} ${BREAKER}`,
    "./workbook deploy 10",
  ),
};
type Fault = keyof typeof FAULTS;

/** A new revision comes beside the old one, users meet both, and none of them an error. */
export function revisionsSideBySide(id: string, app: WebApp): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "Two revisions answer side by side, and no request fails",
      "2 つのリビジョンが並んで応答し、リクエストが 1 つも失敗しない",
    ]),
    faults: FAULTS,
    async run(context) {
      const version = newVersion();
      const rolled = await rollOut(context, app, { version });
      const expected: Words = [
        `${app.container}: another version answers beside the one before, 0 failed`,
        `${app.container}: 新旧のバージョンが並んで応答し、失敗は 0`,
      ];
      const seen = seenBy(rolled.users);
      if (!rolled.isSteady) return failed("not-done", expected, both`${stateOf(rolled)}; ${seen}`);
      if (rolled.users.failures.size > 0) return failed("failed-requests", expected, seen);
      const { answers } = rolled.users;
      return answers.has(version) && answers.size > 1
        ? passed(expected, seen)
        : failed("not-together", expected, seen);
    },
  });
}

/** A revision whose image is not there goes back by itself, and users notice nothing. */
export function brokenGoesBack(id: string, app: WebApp): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "A broken image rolls back by itself, and no request fails",
      "壊れたイメージは自動でロールバックし、リクエストが 1 つも失敗しない",
    ]),
    faults: FAULTS,
    async run(context) {
      const rolled = await rollOut(context, app, { tag: newVersion() });
      const expected: Words = [
        `${app.container}: back at the revision before, 0 failed`,
        `${app.container}: 前のリビジョンに戻り、失敗は 0`,
      ];
      const seen = both`${stateOf(rolled)}; ${seenBy(rolled.users)}`;
      const { users, isSteady } = rolled;
      const status = await lastDeployment(context, rolled);
      if (!isSteady || status !== "ROLLBACK_SUCCESSFUL")
        return failed("stayed-broken", expected, both`${status}; ${seen}`);
      return users.failures.size > 0
        ? failed("failed-requests", expected, seen)
        : passed(expected, both`${status}; ${seen}`);
    },
  });
}

/** What became of the newest deployment that was no success: going back to what was there is a deployment as well. */
async function lastDeployment({ aws: { ecs } }: LiveContext, { service }: Rolled): Promise<string> {
  const { serviceDeployments = [] } = await ecs.listServiceDeployments({
    service: service.serviceArn,
    cluster: service.clusterArn,
  });
  const [newest] = serviceDeployments
    .filter(({ status }) => status !== "SUCCESSFUL")
    .toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
  return newest?.status ?? "SUCCESSFUL";
}

/** CodeDeploy gives a part of the requests to new tasks, then all, and no request fails. */
export function canaryIsDeployed(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "CodeDeploy moves requests to a new revision, and none fails",
      "CodeDeploy がリクエストを新しいリビジョンに移し、1 つも失敗しない",
    ]),
    faults: FAULTS,
    run: examineCanary,
  });
}

async function examineCanary(context: LiveContext): Promise<CheckResult<Fault>> {
  const names = namesOf(context, canaryOf(context)!);
  const expected: Words = [
    `${names.service}: Succeeded, both versions answered, 0 failed`,
    `${names.service}: Succeeded、両方のバージョンが応答し、失敗は 0`,
  ];
  const { ecs } = context.aws;
  const version = newVersion();
  const { taskDefinition } = await readyForUsers(context, names);
  const revision = await registerLike(context, taskDefinition!, { version });
  const { DNSName: dnsName } = await loadBalancerOf(context, NODE_APP);
  const users = new Users(context, dnsName, CANARY_PORT);
  let status: string;
  try {
    status = await deployByCodeDeploy(context, names.service, revision);
  } finally {
    await users.leave();
    // What runs goes on running. The service's own revision is the stack's no more: CodeDeploy has the say.
    await ecs.deregisterTaskDefinition({ taskDefinition: revision });
  }
  const seen = both`${status}; ${seenBy(users)}`;
  if (status !== "Succeeded") return failed("not-done", expected, seen);
  if (users.failures.size > 0) return failed("failed-requests", expected, seen);
  return users.answers.has(version) && users.answers.size > 1
    ? passed(expected, seen)
    : failed("not-together", expected, seen);
}

const CANARY_PORT = 9000;

/** @returns how the deployment ended, or where it stood at the deadline */
async function deployByCodeDeploy(
  context: LiveContext,
  name: string,
  revision: string,
): Promise<string> {
  const { codedeploy } = context.aws;
  const content = JSON.stringify({
    version: 0.0,
    Resources: [
      {
        TargetService: {
          Type: "AWS::ECS::Service",
          Properties: {
            TaskDefinition: revision,
            LoadBalancerInfo: { ContainerName: "go-app", ContainerPort: 8080 },
          },
        },
      },
    ],
  });
  const { deploymentId } = await codedeploy.createDeployment({
    applicationName: name,
    deploymentGroupName: name,
    revision: { revisionType: "AppSpecContent", appSpecContent: { content } },
  });
  const { last } = await pollUntil(
    async () => (await codedeploy.getDeployment({ deploymentId })).deploymentInfo!,
    ({ completeTime }) => completeTime !== undefined,
    { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
  );
  return last.status ?? "-";
}

function seenBy(users: Users): Words {
  const failures = [...users.failures].join(", ");
  return [
    `${users.sent} requests, by version: ${users.told}; failed: ${failures || 0}`,
    `${users.sent} リクエスト、バージョン別: ${users.told}、失敗: ${failures || 0}`,
  ];
}

function stateOf({ service }: Rolled): string {
  const { deployments = [], taskDefinition } = service;
  const states = deployments.map(({ status, rolloutState }) => `${status} ${rolloutState}`);
  return `${taskDefinition?.split("/").at(-1)}: ${states.join(", ")}`;
}
