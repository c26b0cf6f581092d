import type { ChildProcess } from "node:child_process";
import type { Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Clock, Timer } from "../../../clock/clock.ts";
import type { Logger } from "../../../ground/logger.ts";
import { mapUsers } from "./map-users.ts";
import { openCgroup, type RoomCgroup } from "./room-cgroup.ts";
import { RoomError, toError } from "./room-error.ts";
import { makeFolder, spawnRoom } from "./spawn-room.ts";
import type { Dial, Message, OperationName, Operations, RoomFacts } from "./inside/messages.ts";

const MAIN = fileURLToPath(new URL("./inside/main.ts", import.meta.url));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 3000;
/** Between the deaths of a supervisor that dies young; a single death is answered at once. */
const RESTART_DELAY_MS = 1000;
const YOUNG_MS = 5000;

export type RoomSocket = Server | UdpSocket;

export interface RoomOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** On this machine; made here. */
  readonly folder: string;
  /** The program that runs containers. Default: the machine's own. */
  readonly runc?: string | undefined;
}

interface Asked {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/**
 * One user, network, mount and process namespace that holds the cloud's network and all of its containers, with a supervisor in it that does
 * what this process asks for. When either of the two ends, everything inside does: the kernel sees to it.
 * @see https://man7.org/linux/man-pages/man7/user_namespaces.7.html
 */
export class Room {
  readonly folder: string;
  /** What limits its containers; undefined where this machine gives no cgroup away. */
  cgroup: RoomCgroup | undefined;
  readonly #runc: string | undefined;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #asked = new Map<number, Asked>();
  readonly #containers = new Map<string, (code: number) => void>();
  readonly #sockets = new Map<string, (socket: RoomSocket | Socket) => void>();
  readonly #listeners: { again(): Promise<void> | void }[] = [];
  #child: ChildProcess | undefined;
  #ready: Promise<RoomFacts> | undefined;
  #restart: Timer | undefined;
  #closing = false;
  #lastId = 0;

  constructor({ clock, logger, folder, runc }: RoomOptions) {
    this.#runc = runc;
    this.#clock = clock;
    this.#logger = logger;
    this.folder = folder;
  }

  /** The process through which others enter the room's network; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Makes the room. @throws RoomError */
  async start(): Promise<RoomFacts> {
    makeFolder(this.folder, this.#runc);
    this.#ready = this.#enter();
    return this.#ready;
  }

  /** Calls `again` each time that the room has been made anew after its supervisor died: what was in it is gone. */
  onRemade(again: () => Promise<void> | void): void {
    this.#listeners.push({ again });
  }

  /** Asks the supervisor. @throws Error with its words, or a LayerError */
  async ask<Name extends OperationName>(
    operation: Name,
    request: Operations[Name]["request"],
  ): Promise<Operations[Name]["answer"]> {
    await this.#ready;
    const child = this.#child;
    if (!child?.connected) throw new RoomError("the room of containers is closed");
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve: resolve as Asked["resolve"], reject });
      // Of one that has just ended the channel may still be open: without this, that would be an error of the whole server's.
      child.send({ id, operation, request }, (error) => {
        if (error) this.#settle(id, (asked) => asked.reject(new RoomError(error.message)));
      });
    });
  }

  /** Runs a shell script inside; what it wrote. */
  script(script: string, input?: string): Promise<string> {
    return this.ask("script", { script, ...(input !== undefined && { input }) });
  }

  /**
   * Starts a container: its first process, as the room counts, and when it ends. @throws Error with runc's words
   */
  async run(
    container: Operations["run"]["request"],
  ): Promise<{ readonly pid: number; readonly exited: Promise<number> }> {
    const { promise: exited, resolve } = Promise.withResolvers<number>();
    this.#containers.set(container.id, resolve);
    try {
      return { pid: await this.ask("run", container), exited };
    } catch (error) {
      this.#containers.delete(container.id);
      throw error;
    }
  }

  /** Opens a socket in the room's network that this process serves. */
  async listen(
    address: string,
    port: number,
    protocol: "tcp" | "udp" = "tcp",
  ): Promise<RoomSocket> {
    const key = `${protocol}/${address}:${port}`;
    return this.#socket(key, () => this.ask("listen", { key, address, port, protocol }));
  }

  /** Connects to something in the room, for this process. @throws Error in the system's words where nobody is there */
  async connect(to: Dial): Promise<Socket> {
    const key = `dial/${++this.#lastId}`;
    return this.#socket(key, () => this.ask("dial", { key, to }));
  }

  async #socket<T extends RoomSocket | Socket>(key: string, ask: () => Promise<null>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>();
    this.#sockets.set(key, resolve as (socket: RoomSocket | Socket) => void);
    try {
      await ask();
    } catch (error) {
      this.#sockets.delete(key);
      throw error;
    }
    return promise;
  }

  /** Ends everything in the room; resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#restart?.cancel();
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    const kill = this.#clock.deadline(STOP_TIMEOUT_MS, () => child.kill("SIGKILL"));
    if (child.connected) child.disconnect();
    await ended;
    kill.cancel();
  }

  async #enter(): Promise<RoomFacts> {
    const startedAt = performance.now();
    const child = spawnRoom(MAIN, this.folder);
    this.#child = child;
    let complaint = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-4096);
    });
    child.on("message", (message, handle) => this.#hear(message as Message, handle));
    try {
      return await this.#begin(child, () => complaint);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    } finally {
      child.once("exit", (code, signal) => {
        this.#lost(child, signal ?? String(code), complaint, performance.now() - startedAt);
      });
    }
  }

  async #begin(child: ChildProcess, complaint: () => string): Promise<RoomFacts> {
    const ready = Promise.withResolvers<RoomFacts>();
    const fail = (why: string) => ready.reject(new RoomError(why));
    child.on("error", (error) => fail(error.message));
    child.once("exit", (code, signal) =>
      fail(complaint().trim() || `the supervisor ended with ${signal ?? code}`),
    );
    child.on("message", (message: Message) => {
      if (message.type === "ready") ready.resolve(message.facts);
      else if (message.type === "failed") fail(message.message);
    });
    const late = this.#clock.deadline(START_TIMEOUT_MS, () =>
      fail(`the supervisor was not ready within ${START_TIMEOUT_MS / 1000} s`),
    );
    try {
      if (child.pid !== undefined) {
        await mapUsers(child.pid);
        this.cgroup = await openCgroup(child.pid);
      }
      child.stdin!.on("error", () => {}); // One that has ended tells why by its end.
      child.stdin!.end("go\n");
      return await ready.promise;
    } finally {
      late.cancel();
      ready.promise.catch(() => {});
    }
  }

  #hear(message: Message, handle: unknown): void {
    switch (message.type) {
      case "answer":
        return this.#settle(message.id, (asked) => asked.resolve(message.answer));
      case "failure":
        return this.#settle(message.id, (asked) => asked.reject(toError(message.failure)));
      case "exited":
        this.#containers.get(message.container)?.(message.code);
        this.#containers.delete(message.container);
        return;
      case "socket":
        this.#sockets.get(message.key)?.(handle as RoomSocket | Socket);
        this.#sockets.delete(message.key);
        return;
    }
  }

  #settle(id: number, settle: (asked: Asked) => void): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (asked) settle(asked);
  }

  /** The kernel has killed all that was inside. */
  #lost(child: ChildProcess, how: string, complaint: string, ageMs: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    for (const { reject } of this.#asked.values())
      reject(new RoomError(`the room of containers ended (${how})`));
    this.#asked.clear();
    for (const ended of this.#containers.values()) ended(137);
    this.#containers.clear();
    if (this.#closing) return;
    this.#logger.error(`the room of containers ended (${how}) and is made anew`, complaint);
    const { promise, resolve, reject } = Promise.withResolvers<RoomFacts>();
    promise.catch(() => {}); // Whoever asks next is told.
    this.#ready = promise;
    const delay = ageMs < YOUNG_MS ? RESTART_DELAY_MS : 0;
    this.#restart = this.#clock.deadline(delay, () => {
      this.#enter().then(resolve, reject);
      promise
        .then(async () => {
          for (const { again } of this.#listeners) await again();
        })
        .catch((error: unknown) => this.#logger.error("the room was not made anew", error));
    });
  }
}
