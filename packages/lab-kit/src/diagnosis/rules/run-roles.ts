import {
  evaluateResourcePolicy,
  parsePolicy,
  refusalOf,
  serviceCallKeys,
} from "@workbook/local-aws/iam";
import type { Words } from "@workbook/toolchain";
import type { DiagnosisScope } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import type { RoleState } from "../read/read-roles.ts";
import type { Run, RunState } from "../read/read-runs.ts";
import { shortOf } from "../subject.ts";
import { told } from "./run-cause.ts";

const serviceOf = ({ kind }: Run) =>
  kind === "schedule" ? "scheduler.amazonaws.com" : "events.amazonaws.com";

/** What keeps a schedule or a rule from running its task as the role that it names. */
export function role(run: Run, state: RunState, scope: DiagnosisScope): readonly Cause[] {
  if (run.task === undefined) return [];
  const { roleArn } = run.task;
  const known = state.roles.get(roleArn);
  const short = shortOf(roleArn);
  const call = `iam get-role --role-name ${short}`;
  if (known === "missing") {
    const cause: Words = [
      `${run.name} is to run its task as ${roleArn}, which does not exist.`,
      `${run.name} がタスクを動かすロール ${roleArn} が存在しません。`,
    ];
    return told(run, "run-role-missing", cause, call, "NoSuchEntity");
  }
  if (known === undefined || known === "unknown") return [];
  const service = serviceOf(run);
  if (!mayAssume(run, known, scope)) {
    const cause: Words = [
      `${run.name} may not take on the role ${short}: its trust policy does not let ${service}.`,
      `${run.name} はロール ${short} を引き受けられません。信頼ポリシーが ${service} を許可していません。`,
    ];
    return told(run, "run-role-trust", cause, call, known.trust);
  }
  return rights(run, known, state, scope);
}

function mayAssume(run: Run, { arn, trust }: RoleState, { region }: DiagnosisScope): boolean {
  const service = serviceOf(run);
  const call = { service, sourceArn: run.arn, region, now: Date.now() };
  const context = serviceCallKeys(arn.split(":")[4] ?? "", call);
  const request = { action: "sts:AssumeRole", resource: arn, context };
  const principal = { kind: "Service", names: [service] } as const;
  return evaluateResourcePolicy(parsePolicy(trust), principal, request) === "allowed";
}

/** What a role needs to run a task: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html */
function rights(
  run: Run,
  known: RoleState,
  { clusterArn }: RunState,
  { region }: DiagnosisScope,
): readonly Cause[] {
  const { definitionArn, definition } = run.task!;
  const passed = new Set([definition?.executionRoleArn, definition?.taskRoleArn]);
  const needs = [
    {
      id: "run-task-rights" as const,
      action: "ecs:RunTask",
      resource: definition?.taskDefinitionArn ?? definitionArn,
      keys: { "ecs:cluster": clusterArn },
    },
    ...[...passed].flatMap((resource) =>
      resource === undefined
        ? []
        : {
            id: "run-pass-role" as const,
            action: "iam:PassRole",
            resource,
            keys: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
          },
    ),
  ];
  return needs.flatMap(({ id, action, resource, keys }) => {
    const refusal = refusalOf(known, { roleArn: known.arn, region, action, resource, keys });
    if (refusal === undefined) return [];
    const short = shortOf(known.arn);
    const cause: Words = [
      `${run.name} runs its task as ${short}, which may not ${action} on ${resource}.`,
      `${run.name} がタスクを動かすロール ${short} には、${resource} に対する ${action} が許可されていません。`,
    ];
    const call = `iam get-role-policy --role-name ${short}`;
    return told(run, id, cause, call, known.identity.join(" ") || "no policy");
  });
}
