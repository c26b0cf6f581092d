import type { DeploymentStatus } from "@aws-sdk/client-codedeploy";
import { applicationArn, groupArn } from "../../services/codedeploy/find.ts";
import type { StoredDeployment } from "../../services/codedeploy/state.ts";
import type { Change } from "../../store/collection.ts";
import type { EngineContext } from "../engine.ts";
import { EventOutbox } from "../events/event-outbox.ts";

/** What a deployment's state is called in events, where it is told at all. */
const STATES: Partial<Record<DeploymentStatus, string>> = {
  InProgress: "START",
  Ready: "READY",
  Succeeded: "SUCCESS",
  Failed: "FAILURE",
  Stopped: "STOP",
};

/**
 * Puts on the default bus what becomes of deployments.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-codedeploy.html
 */
export class DeploymentEvents {
  readonly #context: EngineContext;
  readonly #outbox: EventOutbox;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#outbox = new EventOutbox(context);
  }

  /** Takes note of a change of a deployment. */
  hear({ account, region, before, after }: Change): void {
    const [old, deployment] = [before, after] as (StoredDeployment | undefined)[];
    if (!deployment || old?.status === deployment.status) return;
    const state = STATES[deployment.status];
    if (state === undefined) return;
    // That it goes on after a wait is no other start.
    if (state === "START" && old?.status === "Ready") return;
    const scope = this.#context.store.scope(account, region);
    const { id, applicationName: application, groupName: deploymentGroup, groupId } = deployment;
    const detail = {
      region,
      deploymentId: id,
      instanceGroupId: groupId,
      deploymentGroup,
      state,
      application,
    };
    const resources = [
      applicationArn(scope, application),
      groupArn(scope, application, deploymentGroup),
    ];
    const detailType = "CodeDeploy Deployment State-change Notification";
    this.#outbox.add(scope, () => [{ source: "aws.codedeploy", detailType, detail, resources }]);
  }

  /** Sends what has been taken note of. */
  publish(): void {
    this.#outbox.publish();
  }
}
