import { readFileSync } from "node:fs";

/** When a resource was created, in seconds since Terraform's first word. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What the log of an apply (`-json`) says of time. https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
export interface ApplyLog {
  /** From the first to the last line. */
  readonly seconds: number;
  /** By address, of managed resources. */
  readonly created: ReadonlyMap<string, Span>;
}

interface Line {
  readonly "@timestamp": string;
  readonly type: string;
  readonly hook?: { readonly resource?: { readonly addr: string }; readonly action?: string };
}

export function readApplyLog(file: string): ApplyLog {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line);
  const first = secondsOf(lines[0]!);
  const starts = new Map<string, number>();
  const created = new Map<string, Span>();
  for (const line of lines) {
    const address = line.hook?.resource?.addr;
    if (address === undefined || line.hook?.action !== "create") continue;
    if (line.type === "apply_start") starts.set(address, secondsOf(line) - first);
    if (line.type === "apply_complete")
      created.set(address, { start: starts.get(address)!, end: secondsOf(line) - first });
  }
  return { seconds: secondsOf(lines.at(-1)!) - first, created };
}

function secondsOf(line: Line): number {
  return Date.parse(line["@timestamp"]) / 1000;
}
