import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import { connect, type Server, type Socket as Connection } from "node:net";
import type { Clock } from "../../../clock/clock.ts";
import { addressAnswer, noSuchName, readQuestion, serverFailure, TYPE_A } from "./dns-message.ts";

/** As long as resolvers of programs wait for one server. */
const FORWARD_MS = 4000;
/** How long a connection may be silent. */
const IDLE_MS = 10_000;

export interface ResolverParts {
  readonly clock: Clock;
  /** The addresses of a name that the VPC knows; undefined where it does not. */
  readonly find: (name: string) => readonly string[] | undefined;
}

/** Answers queries on sockets that it is given; passes on to this machine's own name server what nobody here knows. */
export class Resolver {
  readonly #parts: ResolverParts;
  readonly #sockets = new Set<Socket>();
  readonly #servers = new Set<Server>();
  readonly #connections = new Set<Connection>();

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

  /** The same by TCP: what is too long for a packet is asked for again that way. https://www.rfc-editor.org/rfc/rfc7766 */
  serveTcp(server: Server): void {
    this.#servers.add(server);
    server.on("connection", (connection) => {
      this.#connections.add(connection);
      connection.once("close", () => this.#connections.delete(connection));
      connection.on("error", () => connection.destroy());
      connection.setTimeout(IDLE_MS, () => connection.destroy());
      readMessages(connection, (query) => {
        void this.#answer(query, forwardByTcp).then((answer) => {
          if (answer && connection.writable) connection.write(withLength(answer));
        });
      });
    });
    server.on("error", () => this.#servers.delete(server)); // Its network is gone, and another is made.
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
    this.#sockets.clear();
    for (const connection of this.#connections) connection.destroy();
    for (const server of this.#servers) server.close();
    this.#servers.clear();
  }

  async #answer(query: Buffer, forward = forwardByUdp): Promise<Buffer | undefined> {
    const question = readQuestion(query);
    if (!question) return undefined;
    const addresses = this.#parts.find(question.name);
    if (addresses) return addressAnswer(query, question.type === TYPE_A ? addresses : []);
    // What can only be a name of this machine's or of the VPC's is asked of nobody else.
    if (/(?:^|\.)(?:localhost|internal)$/.test(question.name)) return noSuchName(query);
    const server = nameServer();
    if (server === undefined) return serverFailure(query);
    return (await forward(query, server, this.#parts.clock)) ?? serverFailure(query);
  }
}

/** Asks a name server; undefined where it does not answer in time. */
type Forward = (query: Buffer, server: string, clock: Clock) => Promise<Buffer | undefined>;

const forwardByUdp: Forward = (query, server, clock) =>
  new Promise((resolve) => {
    const socket = createSocket(server.includes(":") ? "udp6" : "udp4");
    const end = (answer?: Buffer) => {
      late.cancel();
      socket.close();
      resolve(answer);
    };
    const late = clock.deadline(FORWARD_MS, () => end());
    socket.once("message", (answer) => end(answer));
    socket.once("error", () => end());
    socket.send(query, 53, server);
  });

const forwardByTcp: Forward = (query, server, clock) =>
  new Promise((resolve) => {
    const connection = connect(53, server, () => connection.write(withLength(query)));
    const end = (answer?: Buffer) => {
      late.cancel();
      connection.destroy();
      resolve(answer);
    };
    const late = clock.deadline(FORWARD_MS, () => end());
    readMessages(connection, end);
    connection.once("error", () => end());
    connection.once("end", () => end());
  });

/** Messages have their length before them. https://www.rfc-editor.org/rfc/rfc1035#section-4.2.2 */
function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

function readMessages(connection: Connection, hear: (message: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  connection.on("data", (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      hear(rest.subarray(2, end));
      rest = rest.subarray(end);
    }
  });
}

/** This machine's own, as it is now: laptops change networks. */
function nameServer(): string | undefined {
  try {
    return /^nameserver\s+(\S+)/m.exec(readFileSync("/etc/resolv.conf", "utf8"))?.[1];
  } catch {
    return undefined; // A machine without one has no way.
  }
}
