import { createServer, type Server, type Socket } from "node:net";
import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";
import { offsetPort } from "./addresses.ts";
import type { DataPlaneProcess } from "./data-plane-process.ts";
import type { SocketInfo } from "./messages.ts";
import type { ListenersMode } from "./needs.ts";

/** A socket that listens in this process. */
interface BoundSocket {
  readonly server: Server;
  readonly port: number;
  /** Connections that came before anyone served them, not read from. */
  readonly waiting: Socket[];
}

/** Why an address could not be bound: Node's code, such as `EADDRINUSE`. */
interface BindFailure {
  readonly code: string;
}

/** https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html (somaxconn): more than a burst of clients. */
const BACKLOG = 1024;

/** Listens on `host`:`port` (0 for any free port). */
function bind(host: string, port: number): Promise<BoundSocket | BindFailure> {
  return new Promise((resolve) => {
    const waiting: Socket[] = [];
    const server = createServer({ pauseOnConnect: true }, (socket) => waiting.push(socket));
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ code: error.code ?? error.message }),
    );
    server.listen({ host, port, backlog: BACKLOG }, () => {
      const address = server.address();
      const bound = typeof address === "object" && address ? address.port : port;
      resolve({ server, port: bound, waiting });
    });
  });
}

/** Whether an address could be bound. */
function isBound(result: BoundSocket | BindFailure): result is BoundSocket {
  return "server" in result;
}

interface OpenSocket {
  readonly host: string;
  readonly info: SocketInfo;
  readonly port: number;
  /** Present until the data plane's process has the socket. */
  bound?: BoundSocket;
}

/** What a listener port is asked to be. */
export interface PortOptions {
  readonly port: number;
  readonly mode: ListenersMode;
  readonly process: DataPlaneProcess;
  /** Gives out numbers for sockets, each once. */
  readonly nextSocketId: () => number;
}

const LOOPBACK = "127.0.0.1";
const LOOPBACK_V6 = "::1";

/**
 * The sockets of one listener port: one on each loopback address, shared by all load balancers that listen on the port,
 * and, where the system has a whole network of loopback addresses, one on each load balancer's own.
 */
export class ListenerPort {
  readonly #options: PortOptions;
  readonly #sockets = new Map<string, OpenSocket>();
  #effectivePort: number | undefined;
  /** Why the shared socket is not there, and what to do about it. */
  problem: string | undefined;

  constructor(options: PortOptions) {
    this.#options = options;
  }

  /** Addresses on which a load balancer can be reached now. */
  addresses(ownAddress: string): { host: string; port: number }[] {
    const found: { host: string; port: number }[] = [];
    for (const { host, port, info } of this.#sockets.values())
      if (info.balancerArn === undefined || host === ownAddress)
        found.push({ host: info.wildcard ? LOOPBACK : host, port });
    return found;
  }

  /** Binds what is missing and closes what is not wanted any more. `own` has the load balancers' own addresses. */
  async open(own: ReadonlyMap<string, string>): Promise<void> {
    if (!this.#sockets.has(LOOPBACK) && !this.#sockets.has("::")) await this.#openShared();
    const port = this.#effectivePort;
    if (port === undefined) return;
    if (this.#sockets.has(LOOPBACK)) {
      if (!this.#sockets.has(LOOPBACK_V6)) await this.#openAt(LOOPBACK_V6, port, {});
    }
    if (process.platform === "linux")
      for (const [balancerArn, host] of own)
        if (!this.#sockets.has(host)) await this.#openAt(host, port, { balancerArn });
    for (const [host, { info }] of this.#sockets)
      if (info.balancerArn !== undefined && !own.has(info.balancerArn)) this.#close(host);
  }

  /** The data plane's process is ready to take sockets. */
  async handOver(): Promise<void> {
    for (const socket of this.#sockets.values()) await this.#give(socket);
  }

  /** Every socket went with the data plane's process: they are bound anew, so that clients find a queue. */
  async reopen(own: ReadonlyMap<string, string>): Promise<void> {
    this.#sockets.clear();
    if (this.#options.mode === "ephemeral" && this.#effectivePort !== undefined)
      await this.#openAt(LOOPBACK, this.#effectivePort, {});
    await this.open(own);
  }

  close(): void {
    for (const host of this.#sockets.keys()) this.#close(host);
  }

  /** Tries the ports that the mode allows, in turn. */
  async #openShared(): Promise<void> {
    const { port, mode } = this.#options;
    const offset = offsetPort(port);
    if (mode === "ephemeral") return this.#report(await this.#openAt(LOOPBACK, 0, {}), 0);
    if (mode === "exact") {
      const code = await this.#openAt(LOOPBACK, port, {});
      if (code !== "EACCES") return this.#report(code, port);
      // macOS lets everyone bind low ports, but on all addresses only; other machines' clients are dropped.
      if (process.platform === "darwin") {
        const wildcard = await this.#openAt("::", port, { wildcard: true });
        if (wildcard === undefined) return this.#report(undefined, port);
      }
    }
    if (offset === undefined)
      return void (this.problem = `port ${port} has no offset: there is no port ${port + 10_000}`);
    return this.#report(await this.#openAt(LOOPBACK, offset, {}), offset);
  }

  async #report(code: string | undefined, port: number): Promise<void> {
    this.#effectivePort ??= port;
    if (code === undefined) {
      this.problem = undefined;
      return;
    }
    if (code !== "EADDRINUSE") {
      this.problem = `port ${port} cannot be bound: ${code}`;
      return;
    }
    const holder = (await portHolder(port)) ?? "a process of another user";
    this.problem = `port ${port} is taken by ${holder}: end it, or start the cloud with listeners "offset" (port ${offsetPort(this.#options.port)}); the port is tried again until it is free`;
  }

  /** Answers the code of the failure, or undefined where the socket is open now. */
  async #openAt(
    host: string,
    port: number,
    more: Pick<SocketInfo, "balancerArn" | "wildcard">,
  ): Promise<string | undefined> {
    const result = await bind(host, port);
    if (!isBound(result)) return result.code;
    if (host === LOOPBACK || more.wildcard) this.#effectivePort = result.port;
    const info = { id: this.#options.nextSocketId(), port: this.#options.port, ...more };
    const socket: OpenSocket = { host, info, port: result.port, bound: result };
    this.#sockets.set(host, socket);
    if (this.#options.process.ready) await this.#give(socket);
    return undefined;
  }

  async #give(socket: OpenSocket): Promise<void> {
    const { bound, info } = socket;
    if (!bound) return;
    delete socket.bound;
    await this.#options.process.listen(info, bound.server);
    // From here on the kernel gives new connections to the process; those that came before follow by hand.
    bound.server.removeAllListeners("connection");
    bound.server.on("connection", (late) => this.#options.process.accept(info, late));
    for (const early of bound.waiting.splice(0)) this.#options.process.accept(info, early);
    bound.server.close();
  }

  #close(host: string): void {
    const socket = this.#sockets.get(host);
    if (!socket) return;
    this.#sockets.delete(host);
    if (socket.bound) {
      for (const early of socket.bound.waiting.splice(0)) early.destroy();
      socket.bound.server.close();
    } else this.#options.process.unlisten(socket.info.id);
  }
}

const LISTEN_STATE = "0A";

/**
 * Names the process that listens on a TCP port of this machine: `nginx (pid 4711)`. Undefined where the system does not
 * tell (another user's process, no `lsof`).
 */
async function portHolder(port: number): Promise<string | undefined> {
  return process.platform === "linux" ? holderFromProc(port) : holderFromLsof(port);
}

/** https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
async function holderFromProc(port: number): Promise<string | undefined> {
  const inodes = new Set<string>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const text = await readFile(table, "utf8").catch(() => "");
    for (const line of text.split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      if (state === LISTEN_STATE && Number.parseInt(local.split(":")[1] ?? "", 16) === port)
        inodes.add(`socket:[${inode}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    // Processes of other users cannot be looked into, and any may end meanwhile: neither is the holder we can name.
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const link = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
      if (!inodes.has(link)) continue;
      const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "a process");
      return `${name.trim()} (pid ${pid})`;
    }
  }
  return undefined;
}

async function holderFromLsof(port: number): Promise<string | undefined> {
  const run = promisify(execFile);
  const { stdout } = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]).catch(
    () => ({ stdout: "" }),
  );
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : `${name ?? "a process"} (pid ${pid})`;
}
