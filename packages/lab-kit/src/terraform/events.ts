import type { Words } from "@workbook/toolchain";
/** What Terraform does with one resource. */
export type ResourceAction = "create" | "update" | "delete" | "replace" | "read" | "no-op";

/** What a run of Terraform tells while it works, from its machine-readable output. */
export type TerraformEvent =
  | { readonly type: "started"; readonly address: string; readonly action: ResourceAction }
  | { readonly type: "progress"; readonly address: string; readonly elapsedSeconds: number }
  | {
      readonly type: "finished";
      readonly address: string;
      readonly action: ResourceAction;
      readonly elapsedSeconds: number;
    }
  | { readonly type: "failed"; readonly address: string; readonly action: ResourceAction }
  | { readonly type: "planned"; readonly address: string; readonly action: ResourceAction }
  /** Somebody else is at work on the same stack, and is waited for. */
  | { readonly type: "waiting"; readonly said: Words }
  | {
      readonly type: "summary";
      readonly add: number;
      readonly change: number;
      readonly remove: number;
      readonly operation: string;
    }
  /** The stack's outputs, once it is applied. */
  | { readonly type: "outputs"; readonly outputs: Readonly<Record<string, unknown>> }
  | {
      readonly type: "diagnostic";
      readonly severity: "error" | "warning";
      readonly text: string;
      readonly address?: string;
      /** The argument that it is about, as Terraform calls it. */
      readonly attribute?: string;
    };

interface Line {
  readonly type?: string;
  readonly hook?: {
    readonly resource?: { readonly addr: string };
    readonly action?: string;
    readonly elapsed_seconds?: number;
  };
  readonly change?: { readonly resource?: { readonly addr: string }; readonly action?: string };
  readonly changes?: {
    readonly add: number;
    readonly change: number;
    readonly remove: number;
    readonly operation: string;
  };
  readonly outputs?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly diagnostic?: {
    readonly severity: string;
    readonly summary: string;
    readonly detail?: string;
    readonly address?: string;
    readonly snippet?: { readonly context?: string | null; readonly code?: string };
  };
}

/**
 * Reads one line of `terraform … -json`; undefined where it says nothing that a person waits for.
 * @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
export function parseEvent(line: string): TerraformEvent | undefined {
  const json = parseLine(line);
  if (json === undefined) return undefined;
  const address = json.hook?.resource?.addr ?? json.change?.resource?.addr ?? "";
  const action = (json.hook?.action ?? json.change?.action ?? "read") as ResourceAction;
  const elapsedSeconds = json.hook?.elapsed_seconds ?? 0;
  switch (json.type) {
    case "apply_start":
      return { type: "started", address, action };
    case "apply_progress":
      return { type: "progress", address, elapsedSeconds };
    case "apply_complete":
      return { type: "finished", address, action, elapsedSeconds };
    case "apply_errored":
      return { type: "failed", address, action };
    case "planned_change":
      return { type: "planned", address, action };
    case "change_summary":
      return json.changes ? { type: "summary", ...json.changes } : undefined;
    case "outputs":
      return { type: "outputs", outputs: valuesOf(json.outputs ?? {}) };
    case "diagnostic":
      return toDiagnostic(json);
    default:
      return undefined;
  }
}

function valuesOf(outputs: NonNullable<Line["outputs"]>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

/** Terraform writes plain text before it can write JSON, such as a panic's; that is kept in the log file. */
function parseLine(line: string): Line | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Line;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function toDiagnostic({ diagnostic }: Line): TerraformEvent | undefined {
  if (!diagnostic) return undefined;
  const { severity, summary, detail, address, snippet } = diagnostic;
  // What is wrong with the configuration itself has no address, but names the block: `resource.aws_vpc.vpc`.
  const block = /^(?:resource\.)?((?:data\.)?\w+\.[\w-]+)$/.exec(snippet?.context ?? "")?.[1];
  const attribute = /^\s*"(\w+)":/.exec(snippet?.code ?? "")?.[1];
  return {
    type: "diagnostic",
    severity: severity === "error" ? "error" : "warning",
    text: detail ? `${summary}\n${detail}` : summary,
    ...((address ?? block) !== undefined && { address: address ?? block }),
    ...(attribute !== undefined && { attribute }),
  };
}
