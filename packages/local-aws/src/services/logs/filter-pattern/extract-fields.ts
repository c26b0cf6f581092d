import { fieldsOf, parseSelector, select, splitFields } from "./filter-pattern.ts";

/**
 * The values of the fields that a pattern names, in a message that it matches: `$.status` of JSON, `$bytes` and `$3` between
 * spaces; empty for patterns of terms.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html
 */
export function extractFields(pattern: string, message: string): Map<string, string> {
  const text = pattern.trim();
  if (text.startsWith("[")) return spaced(text.slice(1, -1), message);
  if (!text.startsWith("{")) return new Map();
  const selectors = text.match(/\$(?:\.[\w\-/@:]+|\.?\[[^\]]*\])+/g) ?? [];
  return new Map(
    selectors.flatMap((selector) => {
      const value = valueAt(selector, message);
      return value === undefined ? [] : [[selector, value] as const];
    }),
  );
}

/** What a transformation's `$.size` or `$bytes` stands for in a message; undefined where there is nothing. */
export function fieldValue(pattern: string, message: string, field: string): string | undefined {
  if (pattern.trim().startsWith("{")) return valueAt(field, message);
  return extractFields(pattern, message).get(field);
}

function valueAt(selector: string, message: string): string | undefined {
  const [value] = select(parsed(message), parseSelector(selector));
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

/** Fields have the names that the pattern gives them; those that an ellipsis stands for have their number. */
function spaced(expression: string, message: string): Map<string, string> {
  const parts = splitFields(expression);
  const fields = [...fieldsOf(message)];
  const ellipsis = parts.indexOf("...");
  const found = new Map<string, string>();
  for (const [index, field] of fields.entries()) {
    const isHead = ellipsis === -1 || index < ellipsis;
    const fromEnd = fields.length - index;
    const part = isHead
      ? parts[index]
      : fromEnd < parts.length - ellipsis
        ? parts.at(-fromEnd)
        : "";
    const [name] = /^[\w-]+/.exec(part ?? "") ?? [];
    found.set(`$${name ?? index + 1}`, field);
  }
  return found;
}
