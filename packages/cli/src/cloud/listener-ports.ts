import { createServer } from "node:net";
import { text, UserError } from "@workbook/toolchain";
import type { Config } from "../workspace.ts";
import { effectiveListeners } from "./listeners.ts";
import { describeHolder } from "./port-holder.ts";

/** Where a listener goes that may not have its own port: 80 → 10080. */
const OFFSET = 10_000;

/**
 * Makes sure that listeners on these ports will be reachable on this machine, before anything is made for them.
 * @param ports as load balancers have them
 * @throws {UserError} where another program holds one, naming it
 */
export async function requireListenerPorts(
  endpoint: string,
  mode: Config["listeners"],
  ports: readonly number[],
): Promise<void> {
  if (mode === "ephemeral") return;
  const listening = (await effectiveListeners(endpoint))
    .filter(({ addresses }) => addresses.length > 0)
    .map(({ port }) => port);
  for (const port of new Set(ports)) {
    if (listening.includes(port)) continue;
    const taken = await takenPort(port, mode);
    if (taken !== undefined) throw await portTaken(port, taken);
  }
}

/** The port that the listener would need and that somebody else has; undefined where it is free. */
async function takenPort(port: number, mode: "exact" | "offset"): Promise<number | undefined> {
  const exact = mode === "exact" ? await tryToListen(port) : "EACCES";
  if (exact === undefined) return undefined;
  if (exact === "EADDRINUSE") return port;
  // Low ports can be bound on macOS, though not on one address: the server does that.
  if (process.platform === "darwin" && mode === "exact") return undefined;
  return (await tryToListen(port + OFFSET)) === "EADDRINUSE" ? port + OFFSET : undefined;
}

async function portTaken(port: number, taken: number): Promise<UserError> {
  const holder =
    (await describeHolder(taken)) ??
    text(["a program of another user", "別のユーザーのプログラム"]);
  const isExact = port === taken;
  return new UserError(
    [
      `Port ${taken}, where the load balancer's port ${port} would answer, is taken by ${holder.en}.`,
      `ロードバランサーのポート ${port} のためのポート ${taken} は、${holder.ja} が使っています。`,
    ],
    {
      code: "PORT_TAKEN",
      next: isExact
        ? [
            `stop that program, or use ${port + OFFSET} instead: ./workbook cloud down && ./workbook cloud up --listeners offset`,
            `そのプログラムを止めるか、代わりに ${port + OFFSET} を使います: ./workbook cloud down && ./workbook cloud up --listeners offset`,
          ]
        : [
            "stop that program, or take any free ports: ./workbook cloud down && ./workbook cloud up --listeners ephemeral",
            "そのプログラムを止めるか、空いているポートを使います: ./workbook cloud down && ./workbook cloud up --listeners ephemeral",
          ],
    },
  );
}

/** The code of the failure, such as `EADDRINUSE`; undefined where this user can listen there. */
function tryToListen(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: "127.0.0.1", port }, () => server.close(() => resolve(undefined)));
  });
}
