import type { DeploymentStatus, TriggerEventType } from "@aws-sdk/client-codedeploy";
import { AwsError } from "../../protocol/aws-error.ts";
import { describeDeployment } from "../../services/codedeploy/deployment-view.ts";
import { applicationArn, groupArn } from "../../services/codedeploy/find.ts";
import type { StoredDeployment } from "../../services/codedeploy/state.ts";
import { mayAssume } from "../../services/iam/authorize.ts";
import { publishToTopic } from "../../services/sns/deliver.ts";
import type { Notification } from "../../services/sns/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
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
    this.#outbox.add(scope, () => {
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
      return [{ source: "aws.codedeploy", detailType, detail, resources }];
    });
  }

  /** Sends what has been taken note of. */
  publish(): void {
    this.#outbox.publish();
  }
}

/** What has become of a deployment: the event that a trigger asks for, and the word for it in the message. */
interface Turn {
  readonly event: TriggerEventType;
  readonly word: string;
}

const TURNS: Partial<Record<DeploymentStatus, Turn>> = {
  Ready: { event: "DeploymentReady", word: "READY" },
  Succeeded: { event: "DeploymentSuccess", word: "SUCCEEDED" },
  Failed: { event: "DeploymentFailure", word: "FAILED" },
  Stopped: { event: "DeploymentStop", word: "STOPPED" },
};

/**
 * Tells topics what becomes of deployments, by the role of the deployment's group.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-sns-event-notifications.html
 */
export class Triggers {
  readonly #context: EngineContext;
  readonly #waiting: (() => void)[] = [];

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** Takes note of a change of a deployment. */
  hear({ account, region, before, after }: Change): void {
    const [old, deployment] = [before, after] as (StoredDeployment | undefined)[];
    const turn = deployment && turnOf(old, deployment);
    if (!turn) return;
    const scope = this.#context.store.scope(account, region);
    for (const { triggerName = "", triggerTargetArn, triggerEvents } of deployment.settings
      .triggers)
      if (triggerEvents?.includes(turn.event))
        this.#waiting.push(() =>
          this.#tell(scope, deployment, triggerTargetArn!, {
            subject: `${turn.word}: AWS CodeDeploy ${deployment.id} in ${region} to ${deployment.applicationName}`,
            message: JSON.stringify(messageOf(scope, deployment, triggerName, turn.word)),
          }),
        );
  }

  /** Sends what has been taken note of, each in a transaction of its own. */
  publish(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }

  /** A topic that cannot be told keeps nothing from going on, as on AWS. */
  #tell(scope: Scope, deployment: StoredDeployment, arn: string, notice: Notification): void {
    const { store, clock, settings, logger } = this.#context;
    const { applicationName, groupName, settings: group } = deployment;
    const { account, region } = scope;
    const call = {
      service: "codedeploy.amazonaws.com",
      sourceArn: groupArn(scope, applicationName, groupName),
      region,
      now: clock.now(),
    };
    try {
      if (!mayAssume(store, account, group.roleArn, call))
        throw new AwsError("AccessDeniedException", `no session of the role ${group.roleArn}`);
      store.record(() =>
        publishToTopic({ cloud: store, clock, settings }, arn, notice, {
          roleArn: group.roleArn,
        }),
      );
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      logger.info(`the topic ${arn} was not told of ${deployment.id}: ${error.message}`);
    }
  }
}

function turnOf(old: StoredDeployment | undefined, now: StoredDeployment): Turn | undefined {
  if (!old) return { event: "DeploymentStart", word: "CREATED" };
  if (old.status === now.status) return undefined;
  if (now.status === "InProgress" && now.creator === "codeDeployRollback")
    return { event: "DeploymentRollback", word: "IN_PROGRESS" };
  return TURNS[now.status];
}

/**
 * The message, as deployments of ECS are told of: objects in it are JSON once more.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-sns-event-notifications-json-format.html
 */
function messageOf(
  { account, region }: Scope,
  deployment: StoredDeployment,
  eventTriggerName: string,
  status: string,
): object {
  const { createdAt, completedAt, error, rollback } = deployment;
  const { Ready: _, ...overview } = describeDeployment(deployment).deploymentOverview!;
  return {
    region,
    accountId: account,
    eventTriggerName,
    applicationName: deployment.applicationName,
    deploymentId: deployment.id,
    deploymentGroupName: deployment.groupName,
    createTime: dateOf(createdAt),
    completeTime: completedAt === undefined ? null : dateOf(completedAt),
    ...(completedAt !== undefined && { deploymentOverview: JSON.stringify(overview) }),
    status,
    ...(error && {
      errorInformation: JSON.stringify({ ErrorCode: error.code, ErrorMessage: error.message }),
    }),
    ...((error ?? rollback) && {
      rollbackInformation: JSON.stringify(capitalised(rollback ?? {})),
    }),
  };
}

const capitalised = (object: object): object =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name[0]!.toUpperCase() + name.slice(1), value]),
  );

/** Such as `Thu Oct 13 15:50:45 UTC 2022`. */
function dateOf(at: number): string {
  // Thu, 13 Oct 2022 15:50:45 GMT
  const [weekday = "", day, month, year, time] = new Date(at).toUTCString().split(" ");
  return `${weekday.slice(0, 3)} ${month} ${day} ${time} UTC ${year}`;
}
