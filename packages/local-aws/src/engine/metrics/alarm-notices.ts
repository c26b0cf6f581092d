import { AwsError } from "../../protocol/aws-error.ts";
import { stateChange } from "../../services/cloudwatch/alarm-event.ts";
import { alarmMessage } from "../../services/cloudwatch/alarm-message.ts";
import {
  tellAction,
  watchAlarms,
  type AlarmEvent,
} from "../../services/cloudwatch/alarm-states.ts";
import { DEFAULT_BUS } from "../../services/events/find.ts";
import { publish, toEventJson } from "../../services/events/publish.ts";
import { publishToTopic } from "../../services/sns/deliver.ts";
import type { EngineContext, EnginePart } from "../engine.ts";

/**
 * Tells of alarms' changes of state: the topics that are actions of the new state, and the default event bus.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Acting_Alarm_Changes.html
 */
export class AlarmNotices implements EnginePart {
  readonly name = "notices of alarms";
  readonly #context: EngineContext;
  #waiting: AlarmEvent[] = [];
  #flush: NodeJS.Immediate | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    this.#unsubscribe = watchAlarms(this.#context.store, (event) => {
      this.#waiting.push(event);
      this.#flush ??= setImmediate(() => this.#tellAll());
    });
  }

  /** What has happened is told all the same. */
  async stop(): Promise<void> {
    this.#unsubscribe?.();
    clearImmediate(this.#flush);
    this.#tellAll();
  }

  /** One that cannot be told keeps no other from it. */
  #tellAll(): void {
    this.#flush = undefined;
    for (const event of this.#waiting.splice(0)) {
      try {
        if (event.isMoved) this.#putEvent(event);
        for (const arn of event.actions) if (isTopic(arn)) this.#notify(event, arn);
      } catch (error) {
        this.#context.logger.error(`a change of the alarm ${event.alarm.name} was not told`, error);
      }
    }
  }

  #putEvent(event: AlarmEvent): void {
    const { store, clock } = this.#context;
    const { place, alarm } = event;
    const scope = store.scope(place.account, place.region);
    const text = toEventJson(place, {
      source: "aws.cloudwatch",
      detailType: "CloudWatch Alarm State Change",
      detail: JSON.stringify(stateChange(event)),
      resources: [alarm.arn],
      time: alarm.state.updatedAt,
    });
    store.record(() => publish(scope, DEFAULT_BUS, text, clock.now()));
  }

  #notify(event: AlarmEvent, arn: string): void {
    const { store, clock, settings } = this.#context;
    const notice = alarmMessage(event);
    const sender = { service: "cloudwatch.amazonaws.com", sourceArn: event.alarm.arn };
    const at = clock.now();
    const { message } = notice;
    let failure: string | undefined;
    try {
      store.record(() => publishToTopic({ cloud: store, clock, settings }, arn, notice, sender));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failure = error.code === "KMSAccessDeniedException" ? KEY_DENIED : error.message;
    }
    tellAction(store, event, { arn, at, message, failure });
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
const KEY_DENIED =
  "CloudWatch Alarms does not have authorization to access the SNS topic encryption key.";

const isTopic = (arn: string): boolean => arn.startsWith("arn:aws:sns:");
