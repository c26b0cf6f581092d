import type { ServiceSender } from "../../services/sqs/deliver.ts";
import type { Delivery } from "../../services/events/state.ts";

/**
 * As whom queues and topics are sent to: a rule by a role where its target names one, and else as the service, which the
 * resource's policy has to let; a schedule always by its role.
 */
export function senderOf({ by, sourceArn, target }: Delivery): ServiceSender {
  if (by === "scheduler") return { roleArn: target.RoleArn! };
  return { service: "events.amazonaws.com", sourceArn };
}
