import type { ServerResponse } from "node:http";
import type { Clock, Timer } from "../clock/clock.ts";
import type { Engine } from "../engine/create-engine.ts";
import type { EngineContext } from "../engine/engine.ts";
import { Denials } from "../services/iam/denials.ts";
import { LogEvents } from "../services/logs/log-events.ts";
import type { NewLogEvent } from "../services/logs/state.ts";
import type { ClockMessage, LogMessage, RequestMessage, LiveMessage } from "./messages.ts";
import { takePicture } from "./picture.ts";
import { Reports, type GivenReport } from "./reports.ts";

/** Proxies and browsers give up a connection on which nothing comes. */
const HEARTBEAT_MS = 15_000;
/** A page that reads so slowly is cut off: its browser connects again and is told everything anew. */
const MOST_UNREAD_BYTES = 4_000_000;
/** How soon a browser is to connect again. */
const RETRY_MS = 1000;

/** The pages that watch. */
class LiveStreams {
  readonly #clock: Clock;
  readonly #open = new Set<ServerResponse>();
  #heartbeat: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Makes `response` a stream of events; `closed` is called when the page has gone. */
  add(response: ServerResponse, closed: () => void): void {
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.#open.add(response);
    response.once("close", () => {
      this.#open.delete(response);
      if (this.#open.size === 0) this.#heartbeat?.cancel();
      closed();
    });
    if (this.#open.size === 1) this.#beat();
  }

  /** Tells all pages, or one of them. */
  send(message: LiveMessage, only?: ServerResponse): void {
    const text = `event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`;
    for (const response of only ? [only] : this.#open) {
      response.write(text);
      if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    }
  }

  #beat(): void {
    this.#heartbeat = this.#clock.deadline(HEARTBEAT_MS, () => {
      for (const response of this.#open) response.write(":\n\n");
      this.#beat();
    });
  }
}

/** Many commits come at once; what they come to is drawn once, when they are through. */
const DRAW_AFTER_MS = 100;
/** So many lines of logs a page is told when it connects. */
const MOST_LINES = 50;

/** What a cloud holds at the moment; exchanged by a restore. */
export interface LiveContents {
  readonly context: EngineContext;
  readonly engine: Engine;
}

/** Tells pages what the cloud is like, as long as one watches; costs nothing while none does. */
export class LiveFeed {
  readonly #account: string;
  readonly #streams: LiveStreams;
  readonly #reports = new Reports();
  /** Absent while the contents are being exchanged. */
  #contents: LiveContents | undefined;
  /** Pages that came while there were no contents: they have been told nothing yet. */
  readonly #waiting = new Set<ServerResponse>();
  #sent = "";
  #drawing: Timer | undefined;
  #unwatch: (() => void) | undefined;

  /** @param account whose resources are shown */
  constructor(account: string, contents: LiveContents) {
    this.#account = account;
    this.#contents = contents;
    this.#streams = new LiveStreams(contents.context.clock);
  }

  /** undefined while they are being exchanged. */
  get contents(): LiveContents | undefined {
    return this.#contents;
  }

  /** Makes `response` a stream of what happens from now on, behind what is known already. */
  connect(response: ServerResponse): void {
    this.#streams.add(response, () => {
      this.#waiting.delete(response);
      if (this.#streams.size === 0) this.#pause();
    });
    if (!this.#contents) return void this.#waiting.add(response);
    this.#watch(this.#contents);
    this.#greet(this.#contents, response);
  }

  /** Takes the outcome of a lab's checks. */
  report(lab: string, given: GivenReport, at: number): void {
    this.#streams.send(this.#reports.take(lab, given, at));
  }

  /** What was found running is gone: nothing is known of it any more. */
  forgetWhatRan(at: number): void {
    for (const report of this.#reports.forgetWhatRan(at)) this.#streams.send(report);
  }

  /** Tells of a request that a page had sent. */
  requested(message: RequestMessage): void {
    this.#streams.send(message);
  }

  /** The contents are about to be closed: nothing of them is read from now on. Pages stay connected. */
  detach(): void {
    this.#pause();
    this.#contents = undefined;
  }

  /** Goes on with what a restore has brought. */
  attach(contents: LiveContents): void {
    if (this.#contents === contents) return;
    this.#contents = contents;
    this.forgetWhatRan(contents.context.clock.now());
    if (this.#streams.size === 0) return;
    this.#draw(contents);
    this.#watch(contents);
    for (const response of this.#waiting) this.#greet(contents, response);
    this.#waiting.clear();
  }

  #greet(contents: LiveContents, response: ServerResponse): void {
    const { store, clock } = contents.context;
    this.#streams.send(paceOf(clock), response);
    this.#streams.send({ ...this.#picture(contents), at: clock.now() }, response);
    for (const report of this.#reports.all()) this.#streams.send(report, response);
    const lines = store.owner(LogEvents).latest(this.#account, MOST_LINES);
    if (lines.length > 0) this.#streams.send(toMessage(lines), response);
  }

  #watch(contents: LiveContents): void {
    if (this.#unwatch) return;
    const { store, events, clock, calendar } = contents.context;
    this.#sent = JSON.stringify(this.#picture(contents));
    const unwatch = [
      store.onCommit(() => this.#drawSoon(contents)),
      events.watch(({ type }) => {
        if (type === "local.listeners") this.#drawSoon(contents);
      }),
      store.owner(LogEvents).watch((lines) => this.#tell(lines)),
      clock.onPace(() => this.#streams.send(paceOf(clock))),
      store.owner(Denials).watch(() => this.#drawSoon(contents)),
      calendar.onForward(() => this.#drawSoon(contents)),
    ];
    this.#unwatch = () => {
      for (const stop of unwatch) stop();
    };
  }

  #pause(): void {
    this.#drawing?.cancel();
    this.#drawing = undefined;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  #drawSoon(contents: LiveContents): void {
    this.#drawing ??= contents.context.clock.deadline(DRAW_AFTER_MS, () => {
      this.#drawing = undefined;
      this.#draw(contents);
    });
  }

  #draw(contents: LiveContents): void {
    const { clock, logger } = contents.context;
    try {
      const picture = this.#picture(contents);
      const text = JSON.stringify(picture);
      if (text === this.#sent) return;
      this.#sent = text;
      this.#streams.send({ ...picture, at: clock.now() });
    } catch (error) {
      logger.error("the picture of the cloud", error);
    }
  }

  #picture({ context, engine }: LiveContents) {
    return takePicture(context.store, {
      account: this.#account,
      homeAddress: context.settings.homeAddress,
      listeners: engine.effectiveListeners(),
      calendar: context.calendar,
    });
  }

  #tell(lines: readonly NewLogEvent[]): void {
    const own = lines.filter(({ account }) => account === this.#account);
    if (own.length > 0) this.#streams.send(toMessage(own));
  }
}

function paceOf(clock: Clock): ClockMessage {
  return { type: "clock", at: clock.now(), acceleration: clock.acceleration };
}

/** A stream of a task is named `prefix/container/task-id`. */
const TASK_ID = /(?:^|\/)([0-9a-f]{32})$/;

function toMessage(lines: readonly NewLogEvent[]): LogMessage {
  return {
    type: "log",
    events: lines.map(({ timestamp, group, stream, message }) => ({
      at: timestamp,
      logGroup: group,
      logStream: stream,
      taskId: TASK_ID.exec(stream)?.[1] ?? null,
      message,
    })),
  };
}
