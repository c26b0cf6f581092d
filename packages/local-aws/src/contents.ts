import type { Clock } from "./clock/clock.ts";
import { GuardedClock } from "./clock/guarded-clock.ts";
import { createEngine, type Engine, type EngineOptions } from "./engine/create-engine.ts";
import type { EngineContext } from "./engine/engine.ts";
import type { EventChannel } from "./ground/event-channel.ts";
import type { Logger } from "./ground/logger.ts";
import type { Wire } from "./protocol/wire.ts";
import { AnyKeyAuthenticator, KeyAuthenticator } from "./server/auth/authenticator.ts";
import { AwsEndpoint } from "./server/aws-endpoint.ts";
import { Seeder } from "./server/seeder.ts";
import type { CloudSettings } from "./services/service.ts";
import { SERVICES } from "./services/table.ts";
import type { Store } from "./store/store.ts";

/** What stays when a cloud's contents are exchanged. */
export interface ContentsOptions {
  readonly clock: Clock;
  readonly settings: CloudSettings;
  readonly events: EventChannel;
  readonly logger: Logger;
  readonly wire: Wire;
  readonly engine: EngineOptions;
  readonly credentials: "workspace" | "any";
}

/** What a cloud holds and everything that works on it: exchanged as a whole when a snapshot is restored. */
export interface Contents {
  readonly store: Store;
  readonly context: EngineContext;
  readonly engine: Engine;
  readonly aws: AwsEndpoint;
}

/** Starts the engine on what `store` holds. Where it does not start, nothing of it is left running. */
export async function openContents(store: Store, options: ContentsOptions): Promise<Contents> {
  const { settings, events, logger, wire } = options;
  const clock = new GuardedClock(options.clock, logger);
  const context: EngineContext = { store, clock, settings, events, logger };
  const engine = createEngine(context, options.engine);
  try {
    await engine.start();
  } catch (error) {
    await engine.stop();
    throw error;
  }
  const authenticator =
    options.credentials === "any" ? new AnyKeyAuthenticator() : new KeyAuthenticator(store);
  const seeder = new Seeder(store, SERVICES, clock);
  const services = SERVICES;
  const aws = new AwsEndpoint({
    wire,
    services,
    authenticator,
    seeder,
    store,
    clock,
    settings,
    logger,
  });
  return { store, context, engine, aws };
}
