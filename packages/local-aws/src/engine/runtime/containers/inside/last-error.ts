import { existsSync, readFileSync } from "node:fs";

/** What runc complained of last in a log of JSON lines. */
export function lastError(log: string): string {
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  for (const line of lines.reverse()) {
    if (!line) continue;
    const { level, msg } = JSON.parse(line) as { level: string; msg: string };
    if (level === "error") return msg;
  }
  return "runc ended without a word";
}
