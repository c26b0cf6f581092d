import { HttpRequestError, type LiveContext } from "@workbook/lab-kit";

/** How many requests are under way at once, and how long each user waits between two. */
const USERS = 4;
const PAUSE_MS = 20;

/** Users that ask over and over, and one who writes down which version answers. */
export class Users {
  /** How many answers each version has given. */
  readonly answers = new Map<string, number>();
  /** What came in place of an answer of 200, each kind once. */
  readonly failures = new Set<string>();
  #sent = 0;
  #gone = false;
  readonly #all: readonly Promise<void>[];

  /** @param dnsName of the load balancer, which they ask on that port from now on */
  constructor(context: Pick<LiveContext, "request">, dnsName: string, port: number) {
    const asks = (path: string) => ({ dnsName, port, path, timeoutMs: 60_000 });
    const user = async (ask: () => Promise<void>) => {
      while (!this.#gone) {
        await ask();
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    };
    this.#all = [
      ...Array.from({ length: USERS }, () => user(() => this.#visit(context, asks("/")))),
      user(() => this.#look(context, asks("/info"))),
    ];
  }

  get sent(): number {
    return this.#sent;
  }

  /** Which versions have answered, with their numbers. */
  get told(): string {
    return [...this.answers].map(([version, count]) => `${version} ${count}`).join(", ") || "-";
  }

  /** Resolves when the last answer is there. */
  async leave(): Promise<void> {
    this.#gone = true;
    await Promise.all(this.#all);
  }

  async #visit({ request }: Pick<LiveContext, "request">, question: Question): Promise<void> {
    this.#sent += 1;
    try {
      const { status, body } = await request(question);
      if (status !== 200) this.failures.add(`${status} ${body.slice(0, 80)}`.trim());
    } catch (error) {
      if (!(error instanceof HttpRequestError)) throw error;
      this.failures.add(error.message);
    }
  }

  /** What else `/info` says, it asks of others; where they are slow, it still says its version. */
  async #look({ request }: Pick<LiveContext, "request">, question: Question): Promise<void> {
    try {
      const { body } = await request(question);
      const version = /"version":"([^"]*)"/.exec(body)?.[1];
      if (version !== undefined) this.answers.set(version, (this.answers.get(version) ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof HttpRequestError)) throw error;
      this.failures.add(error.message);
    }
  }
}

type Question = Parameters<LiveContext["request"]>[0];
