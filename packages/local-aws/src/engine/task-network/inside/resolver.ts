import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import { connect, type Server, type Socket as Connection } from "node:net";
import type { Clock } from "../../../clock/clock.ts";

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

/** What a name server is asked. Types as RFC 1035 section 3.2.2 and RFC 3596 number them. */
interface Question {
  readonly id: number;
  /** In lower case, without the dot at its end. */
  readonly name: string;
  readonly type: number;
}

const TYPE_A = 1;

const HEADER_BYTES = 12;
const CLASS_IN = 1;
/** Answer, authoritative, recursion desired and available. */
const ANSWER_FLAGS = 0x8580;
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;
/** Names in the VPC's own zones change as tasks come and go. */
const TTL_SECONDS = 5;

/** Reads a query of one question, as all resolvers send them; undefined where it is something else. */
function readQuestion(packet: Buffer): Question | undefined {
  if (packet.length < HEADER_BYTES + 5 || packet.readUInt16BE(4) !== 1) return undefined;
  if ((packet[2]! & 0xf8) !== 0) return undefined;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const length = packet[at];
    if (length === undefined || length > 63 || at + length + 5 > packet.length) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(packet.toString("latin1", at, at + length));
    at += length;
  }
  return {
    id: packet.readUInt16BE(0),
    name: labels.join(".").toLowerCase(),
    type: packet.readUInt16BE(at),
  };
}

/** The answer with these IPv4 addresses; none where the name has others than were asked for. */
function addressAnswer(query: Buffer, addresses: readonly string[]): Buffer {
  const head = answerHead(query, addresses.length, 0);
  const records = addresses.map((address) => {
    const record = Buffer.alloc(16);
    // The name is the question's, which stands behind the header.
    record.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
    record.writeUInt16BE(TYPE_A, 2);
    record.writeUInt16BE(CLASS_IN, 4);
    record.writeUInt32BE(TTL_SECONDS, 6);
    record.writeUInt16BE(4, 10);
    address.split(".").forEach((part, index) => record.writeUInt8(Number(part), 12 + index));
    return record;
  });
  return Buffer.concat([head, ...records]);
}

const noSuchName = (query: Buffer): Buffer => answerHead(query, 0, NAME_ERROR);

const serverFailure = (query: Buffer): Buffer => answerHead(query, 0, SERVER_FAILURE);

/** The header and the question, without what may follow it. */
function answerHead(query: Buffer, answers: number, code: number): Buffer {
  let end = HEADER_BYTES;
  while (query[end] !== 0) end += query[end]! + 1;
  const head = Buffer.from(query.subarray(0, end + 5));
  head.writeUInt16BE(ANSWER_FLAGS | code, 2);
  head.writeUInt16BE(answers, 6);
  head.writeUInt32BE(0, 8);
  return head;
}
