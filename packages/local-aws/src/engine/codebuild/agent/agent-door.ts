import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "../../../ground/logger.ts";
import type { Mount } from "../../../ground/http.ts";
import type { AgentSession } from "./agent-session.ts";

interface Admitted {
  readonly session: AgentSession;
  readonly address: string;
}

/** Where the programs of builds' containers ask for their steps: each by its own token, and from its own address. */
export class AgentDoor implements Mount {
  readonly prefix = "/codebuild/";
  readonly #logger: Logger;
  readonly #admitted = new Map<string, Admitted>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Lets an agent in; the answer sends it away. */
  admit(session: AgentSession, address: string): () => void {
    this.#admitted.set(session.token, { session, address });
    return () => void this.#admitted.delete(session.token);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").split("?", 1)[0]!.slice(this.prefix.length);
    const [token = "", ...rest] = path.split("/");
    const admitted = this.#admitted.get(token);
    if (!admitted || admitted.address !== request.socket.remoteAddress)
      return void response.writeHead(410).end();
    try {
      await admitted.session.handle(rest.join("/"), request, response);
    } catch (error) {
      // Who gave the step is told by what it was to be given to; who was to read it sees it end.
      this.#logger.info(`an answer to a build was broken off: ${(error as Error).message}`);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    }
  }
}
