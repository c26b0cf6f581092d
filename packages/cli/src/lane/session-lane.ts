import type { Words } from "@workbook/toolchain";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { findPlugin, findProvider } from "@workbook/provider-lane";
import type { TargetLane } from "@workbook/lab-kit";
import { type LaneTurn, ORDINARY_TURN } from "@workbook/lab-kit/deploy";
import { dial, endLane, say } from "./end-lane.ts";
import { freeBytes, readLaneFile, type KeeperOptions, type LaneAnswer } from "./lane-file.ts";

const HAS_ENDED = ["it has ended", "終了しています"] as const;
const MEMORY_SHORT = ["memory is short", "メモリが足りません"] as const;

/** Whose provider it is, and where its keeper is written down. */
export interface SessionLaneOptions {
  /** `.workbook/lane` */
  readonly folder: string;
  /** The target's environment: credentials, endpoint. */
  readonly env: NodeJS.ProcessEnv;
  /** The process of the cloud. */
  readonly cloudPid: number;
  /** Gets the reason, once, where commands go the ordinary way. */
  readonly onLog: (reason: Words) => void;
  readonly limits?: Pick<KeeperOptions, "idleMs" | "leastFreeBytes">;
  /** How long its start is waited for; some seconds unless told. */
  readonly patienceMs?: number;
}

const AWS = "registry.terraform.io/hashicorp/aws";
const GIGABYTE = 2 ** 30;
const LIMITS = { idleMs: 15 * 60_000, leastFreeBytes: 0.4 * GIGABYTE };
/** What a kept provider takes beyond {@link LIMITS}. */
const PROVIDER_BYTES = 0.8 * GIGABYTE;
/** A provider of Terraform's own starts in five seconds or six: there is nothing to be won by waiting much longer. */
const PATIENCE_MS = 20_000;
const POLL_MS = 25;

/**
 * The provider that is kept between a learner's commands, by a process in the background: the first command that needs it
 * starts it, each later one asks it for its turn. A turn is a connection, so it ends with the command, however that ends.
 */
export class SessionLane implements TargetLane {
  readonly #options: SessionLaneOptions;
  #hasGivenUp = false;

  constructor(options: SessionLaneOptions) {
    this.#options = options;
  }

  async turn(types: ReadonlySet<string>, directory: string): Promise<LaneTurn> {
    if (this.#hasGivenUp) return ORDINARY_TURN;
    const provider = await findProvider(directory, AWS);
    if (provider === undefined)
      return this.#giveUp([
        `no provider in ${directory}`,
        `${directory} にプロバイダーがありません`,
      ]);
    const fingerprint = this.#fingerprint(provider);
    const { patienceMs = PATIENCE_MS } = this.#options;
    const deadline = Date.now() + patienceMs;
    let isStarted = false;
    while (Date.now() < deadline) {
      const client = await this.#connect(fingerprint);
      if (client) return (await ask(client, types)) ?? this.#giveUp(HAS_ENDED);
      if (!isStarted) {
        const obstacle = this.#start(provider, fingerprint);
        if (obstacle !== undefined) return this.#giveUp(obstacle);
        isStarted = true;
      }
      await delay(POLL_MS);
    }
    const seconds = patienceMs / 1000;
    return this.#giveUp([
      `it has not started within ${seconds} s`,
      `${seconds} 秒以内に起動しませんでした`,
    ]);
  }

  /**
   * Starts it where the provider is known, and it does not run yet: it takes some seconds, and is wanted soon.
   * @param stacks the folder with those of the stacks, where an earlier command has left it
   * @param plugins folders where `terraform init` will take it from
   */
  async warm(stacks: string, plugins: readonly string[]): Promise<void> {
    const looks = [
      ...["service", "images"].map((id) => () => findProvider(join(stacks, id), AWS)),
      ...plugins.map((folder) => () => findPlugin(folder, AWS)),
    ];
    for (const look of looks) {
      const provider = await look();
      if (provider === undefined) continue;
      const fingerprint = this.#fingerprint(provider);
      const client = await this.#connect(fingerprint);
      if (!client) this.#start(provider, fingerprint);
      client?.destroy();
      return;
    }
  }

  #giveUp(reason: Words): LaneTurn {
    this.#hasGivenUp = true;
    this.#options.onLog(reason);
    return ORDINARY_TURN;
  }

  /** A connection to the keeper of just this provider with just these keys; one of others is told to go. */
  async #connect(fingerprint: string): Promise<Socket | undefined> {
    const file = readLaneFile(this.#options.folder);
    if (!file || file.fingerprint === fingerprint) return file && dial(file);
    await endLane(this.#options.folder);
    return undefined;
  }

  /** @returns why it is not started */
  #start(provider: string, fingerprint: string): Words | undefined {
    const { folder, env, cloudPid, limits = LIMITS } = this.#options;
    const obstacle = memoryObstacle(limits);
    if (obstacle) return obstacle;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const options: KeeperOptions = { folder, provider, fingerprint, cloudPid, ...limits };
    const log = openSync(join(folder, "lane.log"), "a", 0o600);
    const main = join(import.meta.dirname, "keeper.ts");
    const child = spawn(process.execPath, [main, JSON.stringify(options)], {
      cwd: folder,
      env,
      detached: true,
      stdio: ["ignore", log, log],
    });
    child.on("error", () => {}); // it does not register then, which is waited for
    closeSync(log);
    child.unref();
    return undefined;
  }

  /** Other keys, another endpoint, another cloud or another provider's program: another lane. */
  #fingerprint(provider: string): string {
    const { env, cloudPid } = this.#options;
    const given = Object.entries(env).filter(([name]) =>
      /^(AWS_|NO_PROXY$|HTTPS?_PROXY$)/i.test(name),
    );
    const text = JSON.stringify([provider, cloudPid, given.toSorted()]);
    return createHash("sha256").update(text).digest("hex");
  }
}

/** Why there is no room for a provider; undefined where there is. */
export function memoryObstacle({ leastFreeBytes }: Pick<KeeperOptions, "leastFreeBytes"> = LIMITS):
  | Words
  | undefined {
  return freeBytes() < leastFreeBytes + PROVIDER_BYTES ? MEMORY_SHORT : undefined;
}

/** Asks for a turn; undefined where the keeper ends before it can give one. */
async function ask(client: Socket, types: ReadonlySet<string>): Promise<LaneTurn | undefined> {
  let answer: LaneAnswer | undefined;
  const closed = once(client, "close");
  closed.then(() => (answer = undefined)).catch(() => {});
  say(client, { types: [...types] });
  const lines = createInterface({ input: client });
  const line = await Promise.race([once(lines, "line"), closed.then(() => undefined)]);
  if (line === undefined) return undefined;
  answer = JSON.parse(line[0] as string) as LaneAnswer;
  if (answer.reattach === "") return undefined;
  return {
    get reattach() {
      return answer?.reattach ?? "";
    },
    get reattachWhole() {
      return answer?.reattachWhole ?? "";
    },
    [Symbol.asyncDispose]: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}
