type Level = "info" | "warn" | "error";

const two = (value: number) => String(value).padStart(2, "0");

/** Writes a line of the router's own, as Fluent Bit does: to its standard error. */
export function say(level: Level, message: string, now = new Date()): void {
  const day = `${now.getUTCFullYear()}/${two(now.getUTCMonth() + 1)}/${two(now.getUTCDate())}`;
  const time = `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())}`;
  process.stderr.write(`[${day} ${time}] [${level.padStart(5)}] ${message}\n`);
}
