import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ServiceId } from "../../src/protocol/service-id.ts";

export interface Constraint {
  /** Number kind: integer, long, float, double. */
  readonly kind?: string;
  readonly enumName?: string;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

/** What botocore knows of the values in inputs, by structure and by path inside it: `tags`, `tags[]`, `map{value}`. */
export interface ServiceConstraints {
  /** The botocore version that this was read from. */
  readonly botocore: string;
  readonly structures: Readonly<Record<string, Readonly<Record<string, Constraint>>>>;
}

function fileOf(service: ServiceId): URL {
  return new URL(`constraints/${service}.json`, import.meta.url);
}

/** Reads the committed constraints of a service. */
export function readConstraints(service: ServiceId): ServiceConstraints {
  return JSON.parse(readFileSync(fileOf(service), "utf8")) as ServiceConstraints;
}

/** Whether the constraints of a service are committed. */
export const hasConstraints = (service: ServiceId): boolean => existsSync(fileOf(service));

/** Refreshes the committed constraints of services from the botocore of `python3`. Throws when there is none. */
export function refreshConstraints(services: readonly ServiceId[]): void {
  const script = fileURLToPath(new URL("extract-constraints.py", import.meta.url));
  for (const service of services) {
    const found = execFileSync("python3", [script, service], {
      maxBuffer: 1 << 28,
      encoding: "utf8",
    });
    writeFileSync(fileOf(service), formatConstraints(JSON.parse(found) as ServiceConstraints));
  }
}

/** One line a structure, so that a refresh shows what changed. */
function formatConstraints({ botocore, structures }: ServiceConstraints): string {
  const lines = Object.entries(structures).map(
    ([name, paths]) => `${JSON.stringify(name)}:${JSON.stringify(paths)}`,
  );
  return `{"botocore":${JSON.stringify(botocore)},"structures":{\n${lines.join(",\n")}\n}}\n`;
}
