import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Timer } from "../../clock/clock.ts";
import { readArn } from "../../ground/arn.ts";
import { sendJson, type Mount } from "../../ground/http.ts";
import { DATA_CHANNEL_PATH } from "../../services/ecs/execute-command.ts";
import { execSessions, type ExecSession } from "../../services/ecs/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import type { CloudWatchLogRouter } from "../logs/log-router.ts";
import type { TaskDriver } from "../runtime/driver.ts";
import { DataChannel } from "./data-channel.ts";
import { ExecRun } from "./exec-run.ts";
import { SessionLog } from "./session-log.ts";

/** How long a session that was promised waits for its client. */
const UNOPENED_MS = 60_000;
/** A client's longest message: what it pastes comes in pieces of a kilobyte. */
const MOST_BYTES = 1024 * 1024;

interface Live {
  readonly run: ExecRun;
  readonly ended: Promise<void>;
}

/** Sessions of ECS Exec: what ExecuteCommand has promised becomes a terminal in a container when a client opens its channel. */
export class ExecSessions implements EnginePart, Mount {
  readonly name = "exec sessions";
  readonly prefix = DATA_CHANNEL_PATH;
  readonly #context: EngineContext;
  readonly #driver: TaskDriver;
  readonly #logs: CloudWatchLogRouter;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES });
  readonly #live = new Map<string, Live>();
  /** Of sessions that nobody has opened; by id. */
  readonly #unopened = new Map<string, Timer>();
  #stopListening: (() => void) | undefined;

  constructor(context: EngineContext, driver: TaskDriver, logs: CloudWatchLogRouter) {
    this.#context = context;
    this.#driver = driver;
    this.#logs = logs;
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    // No session outlives its server.
    for (const sessions of store.all(execSessions))
      for (const id of sessions.ids()) store.record(() => sessions.delete(id));
    this.#stopListening = store.onCommit((changes) => this.#onCommit(changes));
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    for (const timer of this.#unopened.values()) timer.cancel();
    for (const { run } of this.#live.values()) run.end();
    await Promise.all(Array.from(this.#live.values(), ({ ended }) => ended));
    for (const client of this.#server.clients) client.terminate();
  }

  handle(_request: IncomingMessage, response: ServerResponse): void {
    sendJson(response, 426, {
      code: "UpgradeRequired",
      message: "A session's channel is a WebSocket.",
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const id = (request.url ?? "").slice(this.prefix.length).split("?", 1)[0]!;
    this.#server.handleUpgrade(request, socket, head, (client) => this.#greet(client, id));
  }

  #onCommit(changes: readonly Change[]): void {
    for (const { kind, account, region, id, before, after } of changes) {
      if (kind !== execSessions.name || before || !after) continue;
      const scope = this.#context.store.scope(account, region);
      const timer = this.#context.clock.deadline(UNOPENED_MS, () => this.#forget(scope, id));
      this.#unopened.set(id, timer);
    }
  }

  /** The first message shows the session's token; what is no such message, or shows another, ends the connection. */
  #greet(client: WebSocket, id: string): void {
    client.on("error", () => client.terminate());
    const timeout = this.#context.clock.deadline(UNOPENED_MS, () => client.terminate());
    client.once("close", () => timeout.cancel());
    client.once("message", (data: Buffer) => {
      timeout.cancel();
      const found = this.#find(id);
      if (!found || !showsToken(data, found.session.token))
        return client.close(1008, "the token is not this session's");
      const { scope, session } = found;
      const log = new SessionLog({ context: this.#context, router: this.#logs }, scope, session);
      const run = this.#begin(client, session, log, () => this.#forget(scope, id));
      const ended = run
        .run()
        .catch((error: unknown) => {
          this.#context.logger.error(`the session ${id} failed`, error);
          client.terminate();
        })
        .then(() => {
          this.#live.delete(id);
          this.#forget(scope, id);
        });
      this.#live.set(id, { run, ended });
    });
  }

  #begin(socket: WebSocket, session: ExecSession, log: SessionLog, free: () => void): ExecRun {
    const { clock } = this.#context;
    this.#unopened.get(session.id)?.cancel();
    this.#unopened.delete(session.id);
    const channel: DataChannel = new DataChannel({
      clock,
      socket,
      sessionId: session.id,
      target: session.taskArn,
      note: this.#driver.terminalNote ?? "",
      input: (data) => run.input(data),
      resize: (size) => run.resize(size),
      ended: () => run.end(),
      behind: (bytes) => run.behind(bytes),
    });
    const run = new ExecRun({
      clock,
      driver: this.#driver,
      session,
      channel,
      record: (data) => log.record(data),
      finished: () => log.close().finally(free),
    });
    return run;
  }

  /** A session that is promised and that nobody has opened yet. */
  #find(id: string): { scope: Scope; session: ExecSession } | undefined {
    if (this.#live.has(id)) return undefined;
    for (const sessions of this.#context.store.all(execSessions)) {
      const session = sessions.get(id);
      if (!session) continue;
      const { account, region } = readArn(session.taskArn);
      return { scope: this.#context.store.scope(account, region), session };
    }
    return undefined;
  }

  #forget(scope: Scope, id: string): void {
    this.#unopened.get(id)?.cancel();
    this.#unopened.delete(id);
    this.#context.store.record(() => void scope.of(execSessions).delete(id));
  }
}

function showsToken(data: Buffer, token: string): boolean {
  let given: unknown;
  try {
    given = (JSON.parse(data.toString("utf8")) as { TokenValue?: unknown } | null)?.TokenValue;
  } catch {
    return false;
  }
  const [shown, wanted] = [Buffer.from(String(given)), Buffer.from(token)];
  return shown.length === wanted.length && timingSafeEqual(shown, wanted);
}
