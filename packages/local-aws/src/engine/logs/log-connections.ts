import type { Socket } from "node:net";

/** Where a log driver sends lines: seen from the machine that the driver is on. */
export type LogAddress =
  /** The socket of a task's own router. */
  | { readonly kind: "router"; readonly taskId: string }
  | { readonly kind: "unix"; readonly instanceId: string; readonly path: string }
  | {
      readonly kind: "tcp";
      readonly instanceId: string;
      readonly host: string;
      readonly port: number;
    };

/** Opens a connection. @throws Error in the words of the system: `connect ECONNREFUSED 127.0.0.1:24224` */
export type ConnectLog = (address: LogAddress) => Promise<Socket>;
