import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { printed } from "./shell.ts";

/** Most that a step may tell. */
const LONGEST_REPORT_BYTES = 64 << 20;

/** Takes what is sent from inside; answers when it has it. @throws what the step is to fail with */
type Taker = (name: string, body: Readable) => Promise<void>;

/** What else may be asked for from inside, by the first part of the path: repositories, the image builder. */
export type Desk = (
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

interface Step {
  readonly script: string;
  readonly resolve: (report: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** The talk between this process and the program of one build's container: what that is to do, step by step. */
export class AgentSession {
  /** Of the container: nobody else knows it. */
  readonly token = randomBytes(16).toString("hex");
  readonly #lines: string[] = [];
  readonly #files: (() => Readable)[] = [];
  readonly #takers = new Map<string, Taker>();
  readonly #desks = new Map<string, Desk>();
  #next: Step | undefined;
  #current: Step | undefined;
  #waiting: ServerResponse | undefined;
  #isOver = false;
  #fault: Error | undefined;

  /** Has a line written before the next step, in its turn among what commands write. */
  say(...lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  /** What was to be said, and has not been: the container is gone. */
  unsaid(): readonly string[] {
    return this.#lines.splice(0);
  }

  /**
   * Has a script run in the agent's own shell; what it put into `$T/report`.
   * @throws what the session was ended with
   */
  async run(script: string): Promise<Buffer> {
    if (this.#isOver) throw this.#fault ?? new Error("the build's container has ended");
    const report = await new Promise<Buffer>((resolve, reject) => {
      this.#next = { script, resolve, reject };
      this.#give();
    });
    return report;
  }

  /** Offers a body inside; the variable path of a URL that gives it. */
  offer(open: () => Readable): string {
    return `"$U/file/${this.#files.push(open) - 1}"`;
  }

  /** Takes what is sent from inside under a name. */
  take(name: string, taker: Taker): void {
    this.#takers.set(name, taker);
  }

  open(name: string, desk: Desk): void {
    this.#desks.set(name, desk);
  }

  /** No step comes any more: the agent ends. Whoever waits for one is told `fault`. */
  end(fault?: Error): void {
    this.#isOver = true;
    this.#fault = fault;
    this.#waiting?.writeHead(410).end();
    this.#waiting = undefined;
    const why = fault ?? new Error("the build's container has ended");
    for (const step of [this.#next, this.#current]) step?.reject(why);
    this.#next = this.#current = undefined;
  }

  /** @param path behind the token */
  async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [kind = "", ...rest] = path.split("/");
    if (kind === "next") return this.#answer(request, response);
    if (kind === "file") {
      const open = this.#files[Number(rest[0])];
      if (!open) return void response.writeHead(404).end();
      return pipeline(open(), response.writeHead(200));
    }
    const taker = kind === "put" ? this.#takers.get(rest[0] ?? "") : undefined;
    if (taker) {
      await taker(rest.slice(1).join("/"), request);
      return void response.writeHead(200).end();
    }
    const desk = this.#desks.get(kind);
    if (desk) return desk(rest.join("/"), request, response);
    response.writeHead(404).end();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const report = await buffer(request);
    const done = this.#current;
    this.#current = undefined;
    if (report.length > LONGEST_REPORT_BYTES) done?.reject(new Error("a step told too much"));
    else done?.resolve(report);
    if (this.#isOver) return void response.writeHead(410).end();
    this.#waiting = response;
    this.#give();
  }

  #give(): void {
    if (!this.#waiting || !this.#next) return;
    this.#current = this.#next;
    this.#next = undefined;
    this.#waiting.writeHead(200).end(printed(this.#lines.splice(0)) + this.#current.script);
    this.#waiting = undefined;
  }
}
