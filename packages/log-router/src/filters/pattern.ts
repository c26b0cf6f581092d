import type { Settings } from "../config/settings.ts";
import { fromOnigmo } from "./onigmo.ts";

/** A key of records, and what its value looks like: `log ^GET /`. All behind the first space is the pattern. @throws ConfigError */
export function keyAndPattern(settings: Settings, rule: string): { key: string; pattern: RegExp } {
  const [, key, text] = /^([^ ]+) (.+)$/s.exec(rule) ?? [];
  if (key === undefined || text === undefined)
    settings.fail("invalid regex, expected field and regular expression");
  return { key, pattern: pattern(settings, text) };
}

/** A regular expression as Fluent Bit writes it, between slashes or not. @throws ConfigError */
export function pattern(settings: Settings, text: string): RegExp {
  const [, body = text, options = ""] = /^\/(.*)\/([imx]*)$/s.exec(text) ?? [];
  try {
    return fromOnigmo(body, options);
  } catch (error) {
    return settings.fail(`could not compile regex pattern '${text}': ${(error as Error).message}`);
  }
}
