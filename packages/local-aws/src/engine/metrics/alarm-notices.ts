import { AwsError } from "../../protocol/aws-error.ts";
import {
  configurationChange,
  stateChange,
  type AlarmConfigured,
} from "../../services/cloudwatch/alarm-event.ts";
import { alarmMessage } from "../../services/cloudwatch/alarm-message.ts";
import {
  tellAction,
  watchAlarms,
  watchConfigurations,
  type AlarmEvent,
} from "../../services/cloudwatch/alarm-states.ts";
import { DEFAULT_BUS } from "../../services/events/find.ts";
import { publish, toEventJson } from "../../services/events/publish.ts";
import { publishToTopic } from "../../services/sns/deliver.ts";
import { Soon } from "../../ground/soon.ts";
import type { EngineContext, EnginePart } from "../engine.ts";

/**
 * Tells of alarms' changes of state: the topics that are actions of the new state, and the default event bus, which is told of
 * their configuration as well.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Acting_Alarm_Changes.html
 */
export class AlarmNotices implements EnginePart {
  readonly name = "notices of alarms";
  readonly #context: EngineContext;
  #waiting: (() => void)[] = [];
  readonly #telling = new Soon(() => this.#tellAll());
  #unsubscribe: readonly (() => void)[] = [];

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    this.#unsubscribe = [
      watchAlarms(store, (event) => this.#soon(event.alarm, () => this.#tell(event))),
      watchConfigurations(store, (event) =>
        this.#soon(event.alarm, () => this.#putConfiguration(event)),
      ),
    ];
  }

  /** What has happened is told all the same. */
  async stop(): Promise<void> {
    for (const stop of this.#unsubscribe) stop();
    this.#telling.stop();
    this.#tellAll();
  }

  /** After the commit under way. One that cannot be told keeps no other from it. */
  #soon({ name }: AlarmEvent["alarm"], tell: () => void): void {
    this.#waiting.push(() => {
      try {
        tell();
      } catch (error) {
        this.#context.logger.error(`a change of the alarm ${name} was not told`, error);
      }
    });
    this.#telling.ask();
  }

  #tellAll(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }

  #tell(event: AlarmEvent): void {
    const { alarm } = event;
    const { updatedAt } = alarm.state;
    if (event.isMoved) this.#putEvent(event, "State", stateChange(event), updatedAt);
    for (const arn of event.actions) if (isTopic(arn)) this.#notify(event, arn);
  }

  #putConfiguration(event: AlarmConfigured): void {
    const at = event.operation === "delete" ? this.#context.clock.now() : event.alarm.configuredAt;
    this.#putEvent(event, "Configuration", configurationChange(event), at);
  }

  #putEvent(
    { place, alarm }: Pick<AlarmEvent, "place" | "alarm">,
    of: "State" | "Configuration",
    detail: object,
    time: number,
  ): void {
    const { store, clock } = this.#context;
    const scope = store.scope(place.account, place.region);
    const text = toEventJson(place, {
      source: "aws.cloudwatch",
      detailType: `CloudWatch Alarm ${of} Change`,
      detail: JSON.stringify(detail),
      resources: [alarm.arn],
      time,
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
