import type { Calendar } from "../clock/calendar.ts";
import type { Clock } from "../clock/clock.ts";
import type { CloudSettings } from "../services/service.ts";
import type { Store } from "../store/store.ts";
import type { EventChannel } from "../ground/event-channel.ts";
import type { Logger } from "../ground/logger.ts";

/** What every part of the engine is given. Parts reconcile what the store wants to what is, and write back what happened. */
export interface EngineContext {
  readonly store: Store;
  readonly clock: Clock;
  /** The time that schedules go by. */
  readonly calendar: Calendar;
  readonly settings: CloudSettings;
  readonly events: EventChannel;
  readonly logger: Logger;
}

/** A long-lived part of the engine. `stop` resolves when nothing of it runs any more: no timer, socket or process. */
export interface EnginePart {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}
