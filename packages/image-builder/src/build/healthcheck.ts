import { BuildError } from "../errors.ts";
import { parseJsonForm } from "../dockerfile/json-form.ts";
import type { Instruction } from "../dockerfile/parse.ts";
import type { HealthcheckConfig } from "../layout/media-types.ts";

const NANOSECONDS: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const DURATION_FLAGS: Record<string, "Interval" | "Timeout" | "StartPeriod" | "StartInterval"> = {
  interval: "Interval",
  timeout: "Timeout",
  "start-period": "StartPeriod",
  "start-interval": "StartInterval",
};

/**
 * `HEALTHCHECK [flags] CMD command` or `HEALTHCHECK NONE`.
 * https://docs.docker.com/reference/dockerfile/#healthcheck
 *
 * @throws {BuildError} for anything else
 */
export function parseHealthcheck(
  { text, flags, line }: Instruction,
  shell: string[],
): HealthcheckConfig {
  const [, kind = "", command = ""] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  if (kind.toUpperCase() === "NONE" && command === "" && flags.length === 0)
    return { Test: ["NONE"] };
  if (kind.toUpperCase() !== "CMD" || command === "") {
    throw new BuildError(
      "SYNTAX",
      [
        "HEALTHCHECK takes NONE, or flags and then CMD and a command",
        "HEALTHCHECK には NONE か、フラグに続けて CMD とコマンドを書きます",
      ],
      {
        line,
      },
    );
  }
  const json = parseJsonForm(command);
  const isDefaultShell = shell.join(" ") === "/bin/sh -c";
  const test =
    json !== undefined
      ? ["CMD", ...json]
      : isDefaultShell
        ? ["CMD-SHELL", command]
        : ["CMD", ...shell, command];
  const config: HealthcheckConfig = { Test: test };
  for (const { name, value } of flags) {
    const field = Object.hasOwn(DURATION_FLAGS, name) ? DURATION_FLAGS[name] : undefined;
    if (field !== undefined) config[field] = parseDuration(value, name, line);
    else if (name === "retries" && /^\d{1,6}$/.test(value)) config.Retries = Number(value);
    else
      throw new BuildError(
        "SYNTAX",
        [
          `HEALTHCHECK does not take --${name}=${value}`,
          `HEALTHCHECK に --${name}=${value} は使えません`,
        ],
        { line },
      );
  }
  return config;
}

/** Nanoseconds of a duration in Go's form, as `1m30s`. https://pkg.go.dev/time#ParseDuration */
function parseDuration(text: string, flag: string, line: number): number {
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) {
    throw new BuildError(
      "SYNTAX",
      [
        `--${flag}=${text} is not a duration such as 30s or 1m30s`,
        `--${flag}=${text} は 30s や 1m30s のような時間ではありません`,
      ],
      {
        line,
      },
    );
  }
  let total = 0;
  for (const [, number = "0", unit = "s"] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(number) * (NANOSECONDS[unit] ?? 0);
  }
  return Math.round(total);
}
