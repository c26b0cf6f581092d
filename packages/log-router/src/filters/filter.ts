import type { Settings } from "../config/settings.ts";
import { ConfigError } from "../config/config-error.ts";
import type { LogEvent } from "../event.ts";
import { grep } from "./grep.ts";
import { modify, recordModifier } from "./modify.ts";
import { parser, type Parsers } from "./parser.ts";
import { rewriteTag } from "./rewrite-tag.ts";

/** What becomes of an event: it goes on, changed or not; it is dropped; or it goes through all filters again under other tags. */
export interface Filtered {
  readonly event: LogEvent | undefined;
  readonly again?: readonly { readonly tag: string; readonly event: LogEvent }[];
}

export type Filter = (tag: string, event: LogEvent) => Filtered;

/** Makes a filter of its settings. @throws ConfigError */
export function createFilter(settings: Settings, parsers: Parsers): Filter {
  const name = settings.required("Name").toLowerCase();
  switch (name) {
    case "grep":
      return grep(settings);
    case "record_modifier":
      return recordModifier(settings);
    case "modify":
      return modify(settings);
    case "parser":
      return parser(settings, parsers);
    case "rewrite_tag":
      return rewriteTag(settings);
    default:
      throw new ConfigError(
        `[config] the workbook's router has no filter '${name}': it has grep, modify, parser, record_modifier and rewrite_tag`,
      );
  }
}
