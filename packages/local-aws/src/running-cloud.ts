import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Engine, createEngine, type EngineOptions } from "./engine/create-engine.ts";
import { sweepLeftovers } from "./engine/leftovers.ts";
import { LiveFeed } from "./live/live-feed.ts";
import type { FrontDoor } from "./server/front-door.ts";
import { localRoutes } from "./server/local-routes.ts";
import { accessKeys, type AccessKey } from "./services/iam/state.ts";
import { linkFile } from "./snapshot/link-file.ts";
import {
  removeDatabase,
  removeForeignBlobs,
  type PreparedRestore,
} from "./snapshot/restore-snapshot.ts";
import { SnapshotError } from "./snapshot/snapshot-error.ts";
import { DATABASE_FILE } from "./snapshot/snapshot-folder.ts";
import { Snapshots } from "./snapshot/snapshots.ts";
import { toldTo, type Logger } from "./ground/logger.ts";
import { Store } from "./store/store.ts";
import { DEFAULT_ACCOUNT, workspaceKey } from "./services/iam/workspace-keys.ts";
import { Calendar } from "./clock/calendar.ts";
import type { Clock } from "./clock/clock.ts";
import { GuardedClock } from "./clock/guarded-clock.ts";
import type { EngineContext } from "./engine/engine.ts";
import type { EventChannel } from "./ground/event-channel.ts";
import type { Wire } from "./protocol/wire.ts";
import { AnyKeyAuthenticator, KeyAuthenticator } from "./server/auth/authenticator.ts";
import { AwsEndpoint } from "./server/aws-endpoint.ts";
import { Seeder } from "./server/seeder.ts";
import type { CloudSettings } from "./services/service.ts";
import { Services } from "./services/table.ts";

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
async function openContents(store: Store, options: ContentsOptions): Promise<Contents> {
  const { settings, events, logger, wire } = options;
  const clock = new GuardedClock(options.clock, logger);
  const calendar = new Calendar(clock);
  const context: EngineContext = { store, clock, calendar, settings, events, logger };
  const engine = createEngine(context, options.engine);
  try {
    await engine.start();
  } catch (error) {
    await engine.stop();
    throw error;
  }
  const authenticator =
    options.credentials === "any" ? new AnyKeyAuthenticator() : new KeyAuthenticator(store);
  const services = new Services();
  const seeder = new Seeder(store, services, clock);
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

/** How long requests under way may take to end before a restore gives up. */
const QUIET_DEADLINE_MS = 10_000;

/** A cloud behind its front door; what it holds can be exchanged while it runs. */
export class RunningCloud {
  readonly snapshots: Snapshots;
  readonly #frontDoor: FrontDoor;
  readonly #token: string;
  readonly #options: ContentsOptions;
  readonly #live: LiveFeed;
  #contents: Contents;

  private constructor(
    contents: Contents,
    frontDoor: FrontDoor,
    token: string,
    options: ContentsOptions,
  ) {
    this.#contents = contents;
    this.#frontDoor = frontDoor;
    this.#token = token;
    this.#options = options;
    this.#live = new LiveFeed(DEFAULT_ACCOUNT, contents);
    const { dataDir, endpoint } = options.settings;
    this.snapshots = new Snapshots({
      dataDir,
      endpoint,
      store: () => this.store,
      keys: () => this.#keys(),
      exchange: (prepared) => this.#exchange(prepared),
    });
  }

  /** Starts what `store` holds and lets `frontDoor` answer. The store stays the caller's where this rejects. */
  static async start(
    store: Store,
    frontDoor: FrontDoor,
    token: string,
    options: ContentsOptions,
  ): Promise<RunningCloud> {
    sweepLeftovers(store, options.settings.dataDir, options.clock.now());
    const contents = await openContents(store, options);
    workspaceKey(store, DEFAULT_ACCOUNT);
    const cloud = new RunningCloud(contents, frontDoor, token, options);
    cloud.#open(contents);
    return cloud;
  }

  get store(): Store {
    return this.#contents.store;
  }

  get engine(): Engine {
    return this.#contents.engine;
  }

  /** Stops all that runs and closes the store. */
  async stop(): Promise<void> {
    await this.snapshots.settled();
    await this.#close();
  }

  async #close(): Promise<void> {
    const { engine, store } = this.#contents;
    this.#live.detach();
    await engine.stop();
    store.close();
  }

  #open(contents: Contents): void {
    this.#contents = contents;
    const { context, engine, aws } = contents;
    const { snapshots } = this;
    const live = this.#live;
    const local = localRoutes({ context, engine, snapshots, live, token: this.#token });
    this.#frontDoor.open(aws, [...engine.mounts, local]);
    live.attach(contents);
  }

  /** The keys that the workbook and its tools hold. */
  #keys(): readonly AccessKey[] {
    const isWorkbook = ({ arn, sessionToken }: AccessKey) =>
      arn.endsWith(":user/workbook") && sessionToken === undefined;
    return this.store.of(accessKeys, "", "").filter(isWorkbook);
  }

  async #exchange({ database, manifest }: PreparedRestore): Promise<void> {
    const resume = await this.#frontDoor.pause(QUIET_DEADLINE_MS);
    if (typeof resume !== "function") {
      removeDatabase(database);
      throw new SnapshotError(
        "Busy",
        `Requests have not ended within ${QUIET_DEADLINE_MS / 1000} s, so nothing was restored: try again when no other command runs. Under way: ${resume.join(", ")}.`,
      );
    }
    const { dataDir } = this.#options.settings;
    const file = join(dataDir, DATABASE_FILE);
    const before = `${file}.before`;
    try {
      await this.#close();
      rmSync(before, { force: true });
      linkFile(file, before);
      try {
        // One step: whenever this process dies, the database is either the old one or the new one.
        renameSync(database, file);
        await this.#reopen(file);
      } catch (error) {
        renameSync(before, file);
        await this.#reopen(file);
        throw error;
      }
      rmSync(before, { force: true });
      removeForeignBlobs(dataDir, manifest);
    } finally {
      resume();
    }
    this.#options.events.publish({ type: "local.restored", at: this.#options.clock.now() });
  }

  async #reopen(file: string): Promise<void> {
    const store = Store.open(file, toldTo(this.#options.logger));
    try {
      this.#open(await openContents(store, this.#options));
    } catch (error) {
      store.close();
      throw error;
    }
  }
}
