import { readdirSync, readFileSync } from "node:fs";

/** Resident memory of a process in bytes; undefined where it is gone, or the system does not tell. */
export function residentBytes(pid: number): number | undefined {
  const status = read(`/proc/${pid}/status`);
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** The load balancers' process of a server; undefined where there is none, or the system does not tell. */
export function dataPlaneOf(server: number): number | undefined {
  return childrenOf(server).find((pid) =>
    read(`/proc/${pid}/cmdline`).includes("data-plane/main.ts"),
  );
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      read(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** What a process that has just ended said is nothing. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
