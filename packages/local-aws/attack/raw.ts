import { connect } from "node:net";
import { CLOSED } from "./outcome.ts";

/** Where something listens on this machine. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** How bytes are sent. */
export interface Sending {
  /** How long an answer may take before the sender ends its side, in milliseconds: of what is not whole none comes. */
  readonly graceMs: number;
  /** How long it may take in all. */
  readonly patienceMs: number;
  /** Reads to the end of the connection, not to the first line of the answer. */
  readonly toEnd?: boolean;
}

/** What came back. */
export interface Reply {
  /** Of the first answer that is none of the 100s; {@link CLOSED} where there was none, 0 where nothing happened at all. */
  readonly status: number;
  readonly text: string;
}

const STATUS = /^HTTP\/1\.1 (?!1\d\d)(\d{3})/m;
const MOST_KEPT = 64 * 1024;

/** Sends bytes on a connection of its own, a character a byte. */
export function sendRaw({ host, port }: Place, text: string, sending: Sending): Promise<Reply> {
  return new Promise((resolve) => {
    let answer = "";
    let isOver = false;
    const socket = connect(port, host, () => socket.write(text, "latin1"));
    const grace = setTimeout(() => socket.end(), sending.graceMs);
    const patience = setTimeout(() => {
      isOver = true;
      socket.destroy();
    }, sending.patienceMs);
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      if (answer.length < MOST_KEPT) answer += chunk;
      // Streams of events have no end.
      if (!sending.toEnd && STATUS.test(answer)) socket.destroy();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(grace);
      clearTimeout(patience);
      const status = Number(STATUS.exec(answer)?.[1] ?? (isOver ? 0 : CLOSED));
      resolve({ status, text: answer });
    });
  });
}
