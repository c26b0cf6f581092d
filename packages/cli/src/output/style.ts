import pc from "picocolors";

/** Whether a person watches: then lines may move. */
export function isInteractive(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env["TERM"] !== "dumb" && process.env["CI"] === undefined;
}

/** Red is for errors alone, bold for names; picocolors minds NO_COLOR and pipes. */
export const style = {
  good: (text: string) => pc.green(text),
  bad: (text: string) => pc.red(text),
  name: (text: string) => pc.bold(text),
  quiet: (text: string) => pc.dim(text),
};

/** A duration as people say it: `0.4s`, `12s`, `1m 20s`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  if (seconds < 60) return `${Math.round(seconds)}s`;
  return `${Math.floor(seconds / 60)}m ${String(Math.round(seconds % 60)).padStart(2, "0")}s`;
}
