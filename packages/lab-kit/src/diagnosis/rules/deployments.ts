import type { Deployed } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import { primaryOf, revisionOf, type Subject } from "../subject.ts";

/** Events that say that a deployment does not go on: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
const TELLING =
  /unable to (?:place|stop or start|consistently start)|failed to launch|is unhealthy in|failed container health checks/;

/** A failed deployment that nobody takes back: why its tasks failed is another cause. */
export function unreturned(_deployed: Deployed, { name, service }: Subject): Cause[] {
  const { enable, rollback } = service.deploymentConfiguration?.deploymentCircuitBreaker ?? {};
  const primary = primaryOf(service);
  if (!enable || rollback || primary?.rolloutState !== "FAILED") return [];
  return [
    {
      id: "breaker-without-rollback",
      subject: name,
      cause: [
        `The circuit breaker of ${name} has given up ${revisionOf(primary.taskDefinition)} and goes back to nothing: its rollback is off.`,
        `${name} のサーキットブレーカーは ${revisionOf(primary.taskDefinition)} を断念しましたが、rollback が無効なので何にも戻りません。`,
      ],
      evidence: [
        {
          call: `ecs describe-services --services ${name}`,
          value: `deploymentCircuitBreaker.rollback=false; ${primary.rolloutStateReason}`,
        },
      ],
    },
  ];
}

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
