import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Clock } from "./clock/clock.ts";
import { LOCAL_ACCELERATION, SystemClock } from "./clock/system-clock.ts";
import type { Engine, EngineOptions } from "./engine/create-engine.ts";
import type { RegistryMirrors } from "@workbook/registry-client";
import { chooseTaskTier, type TaskTier } from "./engine/runtime/task-tier.ts";
import { API_ADDRESS } from "./engine/task-network/router/router.ts";
import { EventChannel } from "./ground/event-channel.ts";
import { toldTo, type Logger } from "./ground/logger.ts";
import { createWire } from "./protocol/wire.ts";
import { RunningCloud } from "./running-cloud.ts";
import { FrontDoor } from "./server/front-door.ts";
import type { CloudSettings } from "./services/service.ts";
import type { Snapshots } from "./snapshot/snapshots.ts";
import { missingLog, requireWhole } from "./store/damaged-data.ts";
import { lockDataDir } from "./store/lock.ts";
import { makeEntriesPrivate, makePrivate, makePrivateFile } from "./store/private-files.ts";
import { Store } from "./store/store.ts";
import { DEFAULT_ACCOUNT, workspaceKey } from "./services/iam/workspace-keys.ts";

/** How the listeners of load balancers choose their port on this machine. */
export type ListenersMode = "exact" | "offset" | "ephemeral";

export interface LocalAwsOptions {
  /** The front door's port; 0 for any free one. Default 4566. */
  readonly port?: number;
  /** The front door's address. Default 127.0.0.1. Anything but loopback demands `credentials: "workspace"`. */
  readonly host?: string;
  /** Where the cloud is kept. Without one it lives in a temporary directory and is gone after `stop`. */
  readonly dataDir?: string;
  /** How tasks run: as containers, as processes, or not at all (control plane alone). Default: containers where this machine can run them. */
  readonly tasks?: TaskTier["driver"];
  /** `workspace` (default): only keys of this cloud. `any`: every key and signature, as account 123456789012. */
  readonly credentials?: "workspace" | "any";
  /** Time; by default the machine's, with idle waiting accelerated. */
  readonly clock?: Clock;
  readonly listeners?: ListenersMode;
  /** The address that requests from this machine count as coming from. Default 203.0.113.10 (RFC 5737). */
  readonly homeAddress?: string;
  /** Directories whose programs the images' interpreters come from (`node`). Default: where this Node is. */
  readonly toolsPath?: readonly string[];
  /** The program that runs containers, https://github.com/opencontainers/runc. Default: the machine's own. */
  readonly runc?: string | undefined;
  /** What all log events may take up, in bytes; then the oldest of the largest group go. Default 256 MiB. */
  readonly maxLogBytes?: number;
  /** Mirrors of registries, such as `{ "docker.io": ["http://127.0.0.1:5000"] }`: asked before the registries themselves. */
  readonly registryMirrors?: RegistryMirrors;
  /** Absolute path of a `registries.json`, which names mirrors as well and is read at each pull. */
  readonly registriesFile?: string;
  /** Absolute path of an OCI image layout with images that stand in for those whose registry cannot be reached. */
  readonly standIns?: string;
  /** Whether they are taken before a registry is asked: the same then with a network and without one. */
  readonly standInsFirst?: boolean;
  /** Absolute path of the module that builds images for CodeBuild's builds: the image builder. Without one their `docker` builds none. */
  readonly imageBuilder?: string | undefined;
  readonly logger?: Logger;
}

/** The address that a learner's machine has in the simulated internet: one that documentation may use (RFC 5737). */
export const DEFAULT_HOME_ADDRESS = "203.0.113.10";

/** What all log events may take up where nothing else is said. */
export const DEFAULT_LOG_BYTES = 256 * 1024 * 1024;

/** The port that clients of an emulator look at first. */
export const DEFAULT_PORT = 4566;

const SILENT: Logger = { info: () => {}, error: () => {} };

/** A running cloud. */
export class LocalAws {
  readonly endpoint: string;
  /** The workbook's own key; its account is the one that the workbook uses. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly accountId: string;
  };
  /** What `/_local/` wants to see (`Authorization: Bearer …`) before it changes anything. */
  readonly token: string;
  readonly dataDir: string;
  /** All that the cloud holds, kept under names. */
  readonly snapshots: Snapshots;
  readonly #cloud: RunningCloud;
  readonly #close: () => Promise<void>;

  /** Use {@link LocalAws.start}. */
  private constructor(parts: Running) {
    this.endpoint = parts.endpoint;
    this.token = parts.token;
    this.dataDir = parts.dataDir;
    this.snapshots = parts.cloud.snapshots;
    this.#cloud = parts.cloud;
    this.#close = parts.close;
    this.credentials = this.account(DEFAULT_ACCOUNT);
  }

  /**
   * Starts a cloud and resolves when it answers.
   * @throws Error where the port is taken (`EADDRINUSE`), the data directory is in use, or a newer version wrote it
   */
  static async start(options: LocalAwsOptions = {}): Promise<LocalAws> {
    const host = options.host ?? "127.0.0.1";
    if (options.credentials === "any" && !isLoopback(host)) {
      throw new Error(
        `credentials "any" accepts everyone: it is for loopback addresses only, not ${host}`,
      );
    }
    const opened = openData(options.dataDir, options.logger ?? SILENT);
    try {
      return new LocalAws(await start(options, host, opened));
    } catch (error) {
      opened.store.close();
      opened.close();
      throw error;
    }
  }

  /** For tests that look inside. A restore exchanges it. */
  get store(): Store {
    return this.#cloud.store;
  }

  /** For library users and tests that look inside: the engine's effective listeners. A restore exchanges it. */
  get engine(): Engine {
    return this.#cloud.engine;
  }

  /** Makes another account, or finds its key: nothing in the API crosses accounts. `account` is 12 digits. */
  account(account: string): LocalAws["credentials"] {
    if (!/^\d{12}$/.test(account))
      throw new Error(`an account id has 12 digits: ${JSON.stringify(account)} does not`);
    const { accessKeyId, secretAccessKey } = workspaceKey(this.#cloud.store, account);
    return { accessKeyId, secretAccessKey, accountId: account };
  }

  /** Stops tasks, listeners and the front door; resolves when nothing of this cloud runs any more. */
  stop(): Promise<void> {
    return this.#close();
  }
}

interface Running {
  endpoint: string;
  token: string;
  dataDir: string;
  cloud: RunningCloud;
  close: () => Promise<void>;
}

interface OpenedData {
  dataDir: string;
  store: Store;
  /** Gives the directory back. The store has been closed. */
  close(): void;
}

/** Takes hold of the data directory: one server at a time. */
function openData(wanted: string | undefined, logger: Logger): OpenedData {
  const dataDir =
    wanted === undefined ? mkdtempSync(join(tmpdir(), "local-aws-")) : resolve(wanted);
  makePrivate(dataDir);
  makePrivateFile(join(dataDir, "server.lock"));
  const wasKilled = existsSync(join(dataDir, "server.pid"));
  const unlock = lockDataDir(dataDir);
  try {
    const file = join(dataDir, "cloud.db");
    const missing = wasKilled ? missingLog(file) : undefined;
    if (missing !== undefined) logger.error(missing);
    requireWhole(file, existsSync(join(dataDir, "objects")));
    makePrivateFile(file);
    makeEntriesPrivate(dataDir);
    const store = Store.open(file, toldTo(logger));
    const close = () => {
      unlock();
      if (wanted === undefined) rmSync(dataDir, { recursive: true, force: true });
    };
    return { dataDir, store, close };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function start(options: LocalAwsOptions, host: string, data: OpenedData): Promise<Running> {
  const { dataDir } = data;
  const logger = options.logger ?? SILENT;
  const frontDoor = new FrontDoor({
    host,
    port: options.port ?? DEFAULT_PORT,
    // Tasks with a network of their own reach it by an address that is nobody's.
    hosts: [API_ADDRESS, ...(isLoopback(host) ? [] : [host])],
    logger,
  });
  const tasks = await chooseTaskTier(options.tasks, options.runc);
  const endpoint = await frontDoor.listen();
  const settings: CloudSettings = {
    dataDir,
    endpoint,
    hasPackets: tasks.driver === "containers",
    homeAddress: options.homeAddress ?? DEFAULT_HOME_ADDRESS,
  };
  try {
    const token = randomBytes(24).toString("base64url");
    const cloud = await RunningCloud.start(data.store, frontDoor, token, {
      clock: options.clock ?? new SystemClock(LOCAL_ACCELERATION),
      settings,
      events: new EventChannel(),
      logger,
      wire: createWire(),
      engine: engineOptions(options, tasks),
      credentials: options.credentials ?? "workspace",
    });
    const close = async () => {
      // The door first, so that nothing new is asked for; the tasks before the store they report to.
      await frontDoor.close();
      await cloud.stop();
      data.close();
    };
    return { endpoint, token, dataDir, cloud, close };
  } catch (error) {
    await frontDoor.close();
    throw error;
  }
}

const engineOptions = (options: LocalAwsOptions, tasks: TaskTier): EngineOptions => ({
  tasks,
  listeners: options.listeners ?? "exact",
  toolsPath: options.toolsPath,
  runc: options.runc,
  maxLogBytes: options.maxLogBytes ?? DEFAULT_LOG_BYTES,
  registries: {
    mirrors: options.registryMirrors,
    file: options.registriesFile,
    standIns: options.standIns,
    standInsFirst: options.standInsFirst,
  },
  imageBuilder: options.imageBuilder,
});

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
