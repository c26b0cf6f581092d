import { connect, type ClientHttp2Session } from "node:http2";
import { createConnection } from "node:net";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { BrokenCall, CODES, isSuccess, LIMITS, send, statusOnly } from "./grpc.ts";
import type { Answer, Call } from "./grpc.ts";
import { kindOf } from "./methods.ts";
import { ProviderProcess, type Attachment } from "./provider-process.ts";

/** What all providers of a lane have in common. */
export interface BackendOptions {
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** Each provider makes a folder in it. */
  readonly directory: string;
  /** Asked when a provider has died: whether there may be another in its place. */
  readonly mayRestart: (said: string) => boolean;
}

/** Whoever calls: one connection of Terraform's. */
export type Caller = object;

/**
 * One provider. `Configure` sets what it is for everybody who calls after it, and `Stop` ends whatever is under way. So
 * neither is sent while a call of anybody else is under way, and nobody's call begins while one of them is.
 */
export class Backend {
  /** The last `Configure`, which may still wait for its turn; undefined where there was none. */
  settings: Call | undefined;
  /** The connections that have configured it so, as long as they last. */
  readonly holders = new Set<Caller>();
  readonly #options: BackendOptions;
  readonly #underWay = new Map<Caller, number>();
  #running: Running;
  #restart: Promise<boolean> | undefined;
  #alone: Promise<unknown> | undefined;
  #quiet = Promise.withResolvers<void>();
  #stopped = false;

  private constructor(options: BackendOptions, running: Running) {
    this.#options = options;
    this.#running = running;
  }

  /** @throws {ProviderError} where the provider does not start */
  static async start(options: BackendOptions): Promise<Backend> {
    return new Backend(options, await run(options));
  }

  /** Where it answers, and by which name Terraform knows it. */
  get identity(): { readonly source: string; readonly attachment: Attachment } {
    return this.#running.provider;
  }

  /** Passes a call on, in its turn. @throws {BrokenCall} where the provider is gone and no other takes its place */
  async call(caller: Caller, call: Call): Promise<Answer> {
    const kind = kindOf(call.headers[":path"]!);
    if (kind === "configure") return this.#configure(caller, call);
    if (kind === "stop") return this.#interrupt(caller, call);
    while (this.#alone) await this.#alone;
    return this.#counted(caller, () => this.#send(call, kind !== "change"));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#running.session.destroy();
    await this.#running.provider.stop();
  }

  async #configure(caller: Caller, call: Call): Promise<Answer> {
    while (this.#alone || this.#isBusyFor(caller)) {
      call.signal.throwIfAborted();
      await (this.#alone ?? this.#quiet.promise);
    }
    return this.#sendAlone(caller, call);
  }

  /** Asks for what is under way to be left, where all of that is this caller's: Terraform waits for it in any case. */
  async #interrupt(caller: Caller, call: Call): Promise<Answer> {
    while (this.#alone) await this.#alone;
    return this.#isBusyFor(caller) ? statusOnly(CODES.ok, "") : this.#sendAlone(caller, call);
  }

  /** Whether a call of anybody else is under way. */
  #isBusyFor(caller: Caller): boolean {
    return [...this.#underWay.keys()].some((other) => other !== caller);
  }

  /** Lets nobody's call begin before the provider has answered, even where the caller does not wait so long. */
  async #sendAlone(caller: Caller, call: Call): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#alone = promise;
    try {
      const { signal } = new AbortController();
      return await this.#counted(caller, () => this.#send({ ...call, signal }, true));
    } finally {
      this.#alone = undefined;
      resolve();
    }
  }

  async #counted<T>(caller: Caller, work: () => Promise<T>): Promise<T> {
    this.#underWay.set(caller, (this.#underWay.get(caller) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = this.#underWay.get(caller)! - 1;
      if (left > 0) this.#underWay.set(caller, left);
      else this.#underWay.delete(caller);
      this.#quiet.resolve();
      this.#quiet = Promise.withResolvers();
    }
  }

  /** A call that changes nothing is sent again where the provider has died of it, or meanwhile. */
  async #send(call: Call, mayRepeat: boolean): Promise<Answer> {
    const { session } = this.#running;
    try {
      return await send(session, call);
    } catch (error) {
      if (!(error instanceof BrokenCall) || this.#stopped) throw error;
      const again = await this.#restarted(session);
      if (!again || !mayRepeat) throw error;
      return send(this.#running.session, call);
    }
  }

  /** Puts another provider in the place of one that has died, set up as that was. */
  #restarted(broken: ClientHttp2Session): Promise<boolean> {
    if (broken !== this.#running.session) return Promise.resolve(true);
    this.#restart ??= this.#restartNow().finally(() => (this.#restart = undefined));
    return this.#restart;
  }

  async #restartNow(): Promise<boolean> {
    const { provider } = this.#running;
    await provider.stop();
    if (!this.#options.mayRestart(await provider.ended)) return false;
    const running = await run(this.#options);
    if (this.settings) {
      const { signal } = new AbortController();
      if (!isSuccess(await send(running.session, { ...this.settings, signal }))) return false;
    }
    this.#running = running;
    return true;
  }
}

interface Running {
  readonly provider: ProviderProcess;
  readonly session: ClientHttp2Session;
}

async function run({ program, env, directory }: BackendOptions): Promise<Running> {
  const own = await mkdtemp(join(directory, "p"));
  const provider = await ProviderProcess.start({ program, env, directory: own });
  const path = provider.attachment.Addr.String;
  const session = connect("http://localhost", {
    ...LIMITS,
    createConnection: () => createConnection(path),
  });
  session.on("error", () => {}); // each call that it breaks tells
  return { provider, session };
}
