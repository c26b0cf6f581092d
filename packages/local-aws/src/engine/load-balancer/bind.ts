import { createServer, type Server, type Socket } from "node:net";

/** A socket that listens in this process. */
export interface BoundSocket {
  readonly server: Server;
  readonly port: number;
  /** Connections that came before anyone served them, not read from. */
  readonly waiting: Socket[];
}

/** Why an address could not be bound: Node's code, such as `EADDRINUSE`. */
export interface BindFailure {
  readonly code: string;
}

/** https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html (somaxconn): more than a burst of clients. */
const BACKLOG = 1024;

/** Listens on `host`:`port` (0 for any free port). */
export function bind(host: string, port: number): Promise<BoundSocket | BindFailure> {
  return new Promise((resolve) => {
    const waiting: Socket[] = [];
    const server = createServer({ pauseOnConnect: true }, (socket) => waiting.push(socket));
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ code: error.code ?? error.message }),
    );
    server.listen({ host, port, backlog: BACKLOG }, () => {
      const address = server.address();
      const bound = typeof address === "object" && address ? address.port : port;
      resolve({ server, port: bound, waiting });
    });
  });
}

/** Whether an address could be bound. */
export function isBound(result: BoundSocket | BindFailure): result is BoundSocket {
  return "server" in result;
}
