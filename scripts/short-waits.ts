import { parseSync, Visitor, type CallExpression } from "oxc-parser";

const WAITS = ["vi.waitFor", "vi.waitUntil", "expect.poll"];
/** What takes half a second on a machine that has nothing else to do takes as long on one that has. */
const LEAST_MS = 30_000;

/** The lines of a test in which something is waited for for less than half a minute, or for Vitest's second. */
export function findShortWaits(file: string, text: string): number[] {
  const lines: number[] = [];
  const visitor = new Visitor({
    CallExpression(call) {
      if (WAITS.includes(calleeOf(call, text)) && isShort(call, text))
        lines.push(text.slice(0, call.start).split("\n").length);
    },
  });
  visitor.visit(parseSync(file, text).program);
  return lines;
}

function calleeOf({ callee }: CallExpression, text: string): string {
  return text.slice(callee.start, callee.end).replaceAll(/\s/g, "");
}

/** A time that has a name, or is a product, is not looked at. */
function isShort({ arguments: [, options] }: CallExpression, text: string): boolean {
  if (!options) return true;
  const written = text.slice(options.start, options.end);
  const [, ms] = /^(?:\{.*\btimeout: )?([\d_]+)(?:\s*[,}].*)?$/s.exec(written) ?? [];
  return ms !== undefined && Number(ms.replaceAll("_", "")) < LEAST_MS;
}
