import type { Deployed } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import { primaryOf, revisionOf, type Subject } from "../subject.ts";

/** Events that say that a deployment does not go on: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
const TELLING =
  /unable to (?:place|stop or start|consistently start)|failed to launch|is unhealthy in|failed container health checks/;

/** A deployment that does not end, or has failed, where nothing says why: in the words of the service. */
export function stoppedDeployments(_deployed: Deployed, subject: Subject): Cause[] {
  const { name, service, isRolledBack, events, definition } = subject;
  const primary = primaryOf(service);
  const event = events.find((message) => TELLING.test(message));
  const call = `ecs describe-services --services ${name}`;
  if (isRolledBack || primary?.rolloutState === "FAILED") {
    const revision = revisionOf(definition.taskDefinitionArn);
    return [
      {
        id: "deployment-failed",
        subject: name,
        isSymptom: true,
        cause: [
          `The deployment of ${revision} failed, and its tasks are not there any more. ${event ?? ""}`.trim(),
          `${revision} のデプロイは失敗し、そのタスクは残っていません。${event ?? ""}`,
        ],
        evidence: [{ call, value: primary?.rolloutStateReason ?? event ?? "FAILED" }],
      },
    ];
  }
  if (subject.isSteady || event === undefined) return [];
  return [
    {
      id: "deployment-waits",
      subject: name,
      isSymptom: true,
      cause: [`${name} says: ${event}`, `${name} のイベント: ${event}`],
      evidence: [{ call, value: event }],
    },
  ];
}
