import type { Settings } from "../config/settings.ts";

/** A key of records, and what its value looks like: `log ^GET /`. @throws ConfigError */
export function keyAndPattern(settings: Settings, rule: string): { key: string; pattern: RegExp } {
  const [, key = "", text = ""] = /^(\S+)\s+(.+)$/.exec(rule) ?? [];
  return { key, pattern: pattern(settings, text) };
}

/** A regular expression as Fluent Bit writes it, between slashes or not. @throws ConfigError */
export function pattern(settings: Settings, text: string): RegExp {
  const [, body = text, flags = ""] = /^\/(.*)\/([imx]*)$/.exec(text) ?? [];
  try {
    // Onigmo writes names of groups as JavaScript does, and what stands for a line's end the same way.
    return new RegExp(body, `s${flags.replace("x", "")}`);
  } catch {
    return settings.fail(`could not compile regex pattern '${text}'`);
  }
}
