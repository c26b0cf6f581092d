import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Backend, type BackendOptions } from "./backend.ts";
import { Backends } from "./backends.ts";
import { ProviderError, type Attachment } from "./provider-process.ts";
import { AnswerCache, Relay } from "./relay.ts";

/** What a lane is opened with. */
export interface LaneOptions {
  /** Path of a provider's program, for protocol 5 or 6. */
  readonly provider: string;
  /** The whole environment of the provider. It is the provider's that counts for credentials, never Terraform's. */
  readonly env: NodeJS.ProcessEnv;
  /**
   * The types that configurations and states name: Terraform is shown no others. Left out: it is shown all of them,
   * which costs each command two seconds. More can be added with {@link Lane.add}.
   */
  readonly types?: Iterable<string>;
  /** Closes the lane when no command has used it for so long; left out: it stays open. */
  readonly idleMs?: number;
  /** Gets a sentence when the lane can not be used (any more), or not as it should. */
  readonly onLog?: (line: string) => void;
}

/** A provider that is kept running, and where Terraform finds it. */
export interface Lane extends AsyncDisposable {
  /** For `TF_REATTACH_PROVIDERS`. Empty, which is as good as unset, once the lane is closed or could not be opened. */
  readonly reattach: string;
  /** The same, with the schemas of all types: for a command that has missed one. */
  readonly reattachWhole: string;
  /** Whether any command is connected. */
  readonly isInUse: boolean;
  /** Resolves when the lane has closed, whatever the reason. */
  readonly closed: Promise<void>;
  /** From now on these types are shown as well. */
  add(types: Iterable<string>): void;
  /** Ends the provider and takes the sockets away; commands that are under way fail. */
  close(): Promise<void>;
}

/**
 * Keeps a provider running, and puts a relay between it and Terraform that answers from memory what cannot change.
 *
 * It never fails for the provider's sake: where that does not start, speaks another protocol, or dies for good, the
 * lane says so by a line of log, and {@link Lane.reattach} is empty: Terraform starts a provider of its own then, as
 * it always does.
 * https://developer.hashicorp.com/terraform/plugin/debugging#starting-a-provider-in-debug-mode
 */
export async function openLane(options: LaneOptions): Promise<Lane> {
  const { onLog = () => {} } = options;
  const name = options.provider.split("/").at(-1)!;
  const ordinary = (why: string) => onLog(`${name} is not kept: ${why}. Terraform starts its own.`);
  const obstacle = obstacleOf(options);
  if (obstacle !== undefined) {
    ordinary(obstacle);
    return NO_LANE;
  }
  const directory = await mkdtemp(join(tmpdir(), "lane-"));
  try {
    return await OpenLane.open(options, directory, name);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    if (!(error instanceof ProviderError)) throw error;
    ordinary(error.message);
    return NO_LANE;
  }
}

/** Why it need not even be tried. */
function obstacleOf({ env, provider }: LaneOptions): string | undefined {
  if (process.platform === "win32") return "there are no Unix sockets for it here";
  // https://github.com/hashicorp/aws-sdk-go-base: its HTTP client is made for the first time, and then cannot be changed.
  if (env["AWS_CA_BUNDLE"] && /terraform-provider-aws/.test(provider))
    return "with AWS_CA_BUNDLE it can be configured only once";
  return undefined;
}

const NO_LANE: Lane = {
  reattach: "",
  reattachWhole: "",
  isInUse: false,
  closed: Promise.resolve(),
  add: () => {},
  close: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

class OpenLane implements Lane {
  readonly closed: Promise<void>;
  readonly #directory: string;
  readonly #backends: Backends;
  readonly #identity: Backend["identity"];
  readonly #relays: Relay[] = [];
  readonly #connections = [0, 0];
  readonly #types: Set<string> | undefined;
  readonly #idleMs: number | undefined;
  readonly #end: () => void;
  readonly #stand: ChildProcess;
  #idle: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: LaneOptions, directory: string, first: Backend, backends: Backends) {
    this.#directory = directory;
    this.#stand = startStandIn(directory);
    this.#identity = first.identity;
    this.#backends = backends;
    this.#types = options.types && new Set(options.types);
    this.#idleMs = options.idleMs;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#end = resolve;
  }

  static async open(options: LaneOptions, directory: string, name: string): Promise<OpenLane> {
    const { provider: program, env, onLog = () => {} } = options;
    const opened: { lane?: OpenLane; deaths: number } = { deaths: 0 };
    const mayRestart = (said: string) => {
      const isFirst = ++opened.deaths === 1;
      const next = isFirst ? "another takes its place" : "from now on Terraform starts its own";
      onLog(`${name} has died: ${next}. It said: ${said || "nothing"}`);
      if (!isFirst) void opened.lane?.close();
      return isFirst && opened.lane?.isOpen === true;
    };
    const backendOptions: BackendOptions = { program, env, directory, mayRestart };
    const first = await Backend.start(backendOptions);
    const lane = new OpenLane(options, directory, first, new Backends(first, backendOptions));
    opened.lane = lane;
    try {
      await lane.#listen();
    } catch (error) {
      await lane.close();
      // The folder for temporary files may have a name that is too long for a socket in it.
      const why = error instanceof Error ? error.message : String(error);
      throw new ProviderError(`its socket cannot be made: ${why}`, { cause: error });
    }
    return lane;
  }

  get isOpen(): boolean {
    return this.#closing === undefined;
  }

  get reattach(): string {
    return this.#reattach(RELAYS[0]);
  }

  get reattachWhole(): string {
    return this.#reattach(RELAYS[1]);
  }

  get isInUse(): boolean {
    return this.#connections.some((count) => count > 0);
  }

  add(types: Iterable<string>): void {
    for (const type of types) this.#types?.add(type);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #listen(): Promise<void> {
    const cache = new AnswerCache();
    for (const [index, name] of RELAYS.entries()) {
      const options = {
        backends: this.#backends,
        types: () => (name === "whole" ? undefined : this.#types),
        onConnections: (count: number) => this.#count(index, count),
      };
      this.#relays.push(await Relay.listen(join(this.#directory, name), options, cache));
    }
    this.#relays[0]!.warm(SCHEMA_CALLS[this.#identity.attachment.ProtocolVersion]!);
    this.#count(0, 0);
  }

  #reattach(name: string): string {
    if (!this.isOpen) return "";
    const { source, attachment } = this.#identity;
    const Addr: Attachment["Addr"] = { Network: "unix", String: join(this.#directory, name) };
    return JSON.stringify({ [source]: { ...attachment, Pid: this.#stand.pid!, Test: true, Addr } });
  }

  #count(relay: number, connections: number): void {
    this.#connections[relay] = connections;
    clearTimeout(this.#idle);
    if (this.#idleMs === undefined || this.isInUse) return;
    this.#idle = setTimeout(() => void this.close(), this.#idleMs).unref();
  }

  async #close(): Promise<void> {
    clearTimeout(this.#idle);
    try {
      await Promise.all(this.#relays.map((relay) => relay.close()));
      await this.#backends.close();
      this.#stand.stdin!.end();
      await rm(this.#directory, { recursive: true, force: true });
    } finally {
      clearTimeout(this.#idle);
      this.#end();
    }
  }
}

/**
 * A process that lives as long as the lane: Terraform gives up a command when the process that it is told of ends, and
 * kills that when nobody listens at the address. So it is neither the provider, which may be replaced, nor ours. It
 * takes the lane's folder away where we cannot any more.
 * https://github.com/hashicorp/go-plugin/blob/main/internal/cmdrunner/cmd_reattach.go
 */
function startStandIn(directory: string): ChildProcess {
  const child = spawn("/bin/sh", ["-c", 'read -r _; rm -rf "$0"', directory], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  child.on("error", () => {}); // without it commands fail, and are run the ordinary way
  child.stdin!.on("error", () => {});
  child.unref();
  return child;
}

/** Two sockets: of the schema as it is trimmed, and of all of it. */
const RELAYS = ["trimmed", "whole"] as const;

/** The longest of all calls, by the protocol's version. Terraform begins with it. */
const SCHEMA_CALLS: Readonly<Record<number, string>> = {
  5: "/tfplugin5.Provider/GetSchema",
  6: "/tfplugin6.Provider/GetProviderSchema",
};
