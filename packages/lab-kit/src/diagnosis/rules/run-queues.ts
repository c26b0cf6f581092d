import {
  evaluateResourcePolicy,
  parsePolicy,
  refusalOf,
  serviceCallKeys,
} from "@workbook/local-aws/iam";
import type { Words } from "@workbook/toolchain";
import type { DiagnosisScope } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import type { Run, RunState } from "../read/read-runs.ts";
import { shortOf } from "../subject.ts";
import { told } from "./run-cause.ts";

/** Queues that are not there, or that are closed to whoever writes to them. */
export function queues(run: Run, state: RunState, { region }: DiagnosisScope): readonly Cause[] {
  return [...new Set([...run.queues, ...run.deadLetters])].flatMap((arn) => {
    const queue = state.queues.get(arn);
    const name = arn.split(":").at(-1) ?? arn;
    const url = `sqs get-queue-url --queue-name ${name}`;
    if (queue === "missing") {
      const cause: Words = [
        `${run.name} writes to the queue ${name}, which does not exist.`,
        `${run.name} が書き込むキュー ${name} が存在しません。`,
      ];
      return told(run, "run-queue-missing", cause, url, "QueueDoesNotExist");
    }
    if (queue === undefined || queue === "unknown") return [];
    if (mayWrite(run, state, { arn, policy: queue.policy, region })) return [];
    const { id, who, call, policies } = writer(run, state, { name, policy: queue.policy });
    const cause: Words = [
      `${run.name} writes to the queue ${name} as ${who}, which may not sqs:SendMessage there: it is lost.`,
      `${run.name} は ${who} としてキュー ${name} に書き込みますが、sqs:SendMessage が許可されていないため失われます。`,
    ];
    return told(run, id, cause, call, policies || "no policy");
  });
}

/** A rule writes as the service, a schedule as its role. */
function writer(
  { kind, task }: Run,
  { roles }: RunState,
  queue: { readonly name: string; readonly policy: string | undefined },
) {
  if (kind === "rule") {
    const call = `sqs get-queue-attributes (${queue.name})`;
    const who = "events.amazonaws.com";
    return { id: "run-queue-rights", who, call, policies: queue.policy } as const;
  }
  const known = roles.get(task!.roleArn);
  const who = shortOf(task!.roleArn);
  const call = `iam get-role-policy --role-name ${who}`;
  const policies = typeof known === "object" ? known.identity.join(" ") : "";
  return { id: "run-letter-rights", who, call, policies } as const;
}

function mayWrite(
  run: Run,
  { roles }: RunState,
  { arn, policy, region }: { arn: string; policy: string | undefined; region: string },
): boolean {
  const action = "sqs:SendMessage";
  const account = arn.split(":")[4] ?? "";
  if (run.kind === "rule") {
    const service = "events.amazonaws.com";
    const call = { service, sourceArn: run.arn, region, now: Date.now() };
    const request = { action, resource: arn, context: serviceCallKeys(account, call) };
    const principal = { kind: "Service", names: [service] } as const;
    return (
      policy !== undefined &&
      evaluateResourcePolicy(parsePolicy(policy), principal, request) === "allowed"
    );
  }
  const known = roles.get(run.task!.roleArn);
  if (typeof known !== "object") return true;
  const policies = { ...known, ...(policy !== undefined && { resource: policy }) };
  return refusalOf(policies, { roleArn: known.arn, region, action, resource: arn }) === undefined;
}
