import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { FreshWorkspace } from "./fresh-workspace.ts";

/** Where a reader's load balancers listen, and where they do here, beside whatever else runs on this machine. */
interface ListenerPort {
  readonly port: number;
  readonly effective: number;
}

const DOCUMENTED_PORT = 4566;

async function listenerPorts({ port }: FreshWorkspace): Promise<ListenerPort[]> {
  const response = await fetch(`http://127.0.0.1:${port}/_local/endpoints`).catch(() => undefined);
  if (!response) return [];
  const { listeners } = (await response.json()) as {
    listeners: readonly { port: number; addresses: readonly { port: number }[] }[];
  };
  return listeners.flatMap(({ port, addresses: [address] }) =>
    address ? [{ port, effective: address.port }] : [],
  );
}

/**
 * Lets curl reach the load balancers under the ports that pages name, by a configuration file of its own.
 *
 * @returns how to write what was printed as a reader's machine prints it
 */
export async function mapPorts(workspace: FreshWorkspace): Promise<(printed: string) => string> {
  const ports = await listenerPorts(workspace);
  const lines = ports.flatMap(({ port, effective }) =>
    ["127.0.0.1", "localhost"].map(
      (host) => `connect-to = "${host}:${port}:127.0.0.1:${effective}"`,
    ),
  );
  const home = dirname(workspace.folder);
  // In a terminal, which this is to look like, curl shows no progress either.
  writeFileSync(join(home, ".curlrc"), ["silent", "show-error", ...lines, ""].join("\n"));
  return (printed) => {
    let text = printed.replaceAll(workspace.folder, "~/ecs-workbook");
    text = text.replaceAll(`127.0.0.1:${workspace.port}`, `127.0.0.1:${DOCUMENTED_PORT}`);
    for (const { port, effective } of ports) {
      const pattern = new RegExp(String.raw`\b127\.0\.0\.1:${effective}\b`, "g");
      text = text.replaceAll(pattern, port === 80 ? "127.0.0.1" : `127.0.0.1:${port}`);
    }
    return text;
  };
}
