import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
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

/** Folder of programs that a reader's shell finds before those of this machine. */
export function programsFolder(workspace: Pick<FreshWorkspace, "folder">): string {
  return join(dirname(workspace.folder), "bin");
}

/**
 * Lets curl reach the load balancers under the ports that pages name: a curl that knows them stands before this
 * machine's, for some programs want none of a configuration file (`-q`).
 *
 * @returns how to write what was printed as a reader's machine prints it
 */
export async function mapPorts(workspace: FreshWorkspace): Promise<(printed: string) => string> {
  const ports = await listenerPorts(workspace);
  const options = ports.flatMap(({ port, effective }) =>
    ["127.0.0.1", "localhost"].map((host) => `--connect-to ${host}:${port}:127.0.0.1:${effective}`),
  );
  const curl = execFileSync("sh", ["-c", "command -v curl"], { encoding: "utf8" }).trim();
  const script = [
    "#!/bin/sh",
    "# -q counts as the first argument only. In a terminal, which this is to look like, curl shows no progress either.",
    `[ "\${1-}" = -q ] && shift && exec '${curl}' -q ${options.join(" ")} "$@"`,
    `exec '${curl}' -q -sS ${options.join(" ")} "$@"`,
    "",
  ];
  const program = join(programsFolder(workspace), "curl");
  mkdirSync(programsFolder(workspace), { recursive: true });
  // In one step: a block may have left a loop behind that calls it right now.
  writeFileSync(`${program}.new`, script.join("\n"), { mode: 0o755 });
  renameSync(`${program}.new`, program);
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
