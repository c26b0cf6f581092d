import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import type { Clock } from "../../../clock/clock.ts";
import { addressAnswer, noSuchName, readQuestion, serverFailure, TYPE_A } from "./dns-message.ts";

/** As long as resolvers of programs wait for one server. */
const FORWARD_MS = 4000;

export interface ResolverParts {
  readonly clock: Clock;
  /** The addresses of a name that the VPC knows; undefined where it does not. */
  readonly find: (name: string) => readonly string[] | undefined;
}

/** Answers queries on sockets that it is given; passes on to this machine's own name server what nobody here knows. */
export class Resolver {
  readonly #parts: ResolverParts;
  readonly #sockets = new Set<Socket>();

  constructor(parts: ResolverParts) {
    this.#parts = parts;
  }

  serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("message", (query, { address, port }) => {
      void this.#answer(query).then((answer) => {
        if (answer && this.#sockets.has(socket)) socket.send(answer, port, address);
      });
    });
    socket.on("error", () => this.#sockets.delete(socket)); // Its network is gone, and another is made.
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
    this.#sockets.clear();
  }

  async #answer(query: Buffer): Promise<Buffer | undefined> {
    const question = readQuestion(query);
    if (!question) return undefined;
    const addresses = this.#parts.find(question.name);
    if (addresses) return addressAnswer(query, question.type === TYPE_A ? addresses : []);
    // What can only be a name of this machine's or of the VPC's is asked of nobody else.
    if (/(?:^|\.)(?:localhost|internal)$/.test(question.name)) return noSuchName(query);
    return this.#forward(query);
  }

  #forward(query: Buffer): Promise<Buffer> {
    const server = nameServer();
    if (server === undefined) return Promise.resolve(serverFailure(query));
    return new Promise((resolve) => {
      const socket = createSocket(server.includes(":") ? "udp6" : "udp4");
      const end = (answer: Buffer) => {
        late.cancel();
        socket.close();
        resolve(answer);
      };
      const late = this.#parts.clock.deadline(FORWARD_MS, () => end(serverFailure(query)));
      socket.once("message", end);
      socket.once("error", () => end(serverFailure(query)));
      socket.send(query, 53, server);
    });
  }
}

/** This machine's own, as it is now: laptops change networks. */
function nameServer(): string | undefined {
  try {
    return /^nameserver\s+(\S+)/m.exec(readFileSync("/etc/resolv.conf", "utf8"))?.[1];
  } catch {
    return undefined; // A machine without one has no way.
  }
}
