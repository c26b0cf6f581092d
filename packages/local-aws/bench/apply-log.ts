/** When a resource was created, in seconds since Terraform's first word. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Line {
  readonly "@timestamp": string;
  readonly type: string;
  readonly hook?: { readonly resource?: { readonly addr: string }; readonly action?: string };
}

/**
 * When an apply created what.
 *
 * @param log what `terraform apply -json` printed. https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 * @returns by address, of managed resources
 */
export function readApplyLog(log: string): ReadonlyMap<string, Span> {
  const lines = log
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
  return created;
}

function secondsOf(line: Line): number {
  return Date.parse(line["@timestamp"]) / 1000;
}
