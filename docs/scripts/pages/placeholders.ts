import { stripVTControlCharacters } from "node:util";

/** Something that is another value at every run: shown on pages as it looks, compared by its kind alone. */
interface Placeholder {
  readonly name: string;
  readonly pattern: RegExp;
  /** Two different values stay different: the first is `id 1`, the second `id 2`. */
  readonly numbered: boolean;
}

/** What varies from run to run, in the order in which it is looked for. Whatever is not here has to be the same. */
const PLACEHOLDERS: readonly Placeholder[] = [
  // Whether there is room to keep one, and since when, is the machine's matter.
  {
    name: "provider",
    pattern: /(?<=Terraform's provider: |Terraform のプロバイダー: ).+/g,
    numbered: false,
  },
  // Whom a lock of Terraform names: whoever reads this, and the machine that it is read on.
  { name: "user", pattern: /(?<=\bWho: +)\S+@\S+/g, numbered: false },
  { name: "digest", pattern: /\bsha256:[0-9a-f]{12,64}/g, numbered: true },
  {
    name: "moment",
    pattern: /\b\d{4}([-/])\d\d\1\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g,
    numbered: false,
  },
  // Of layers, which hold what this machine's compilers make; right-aligned.
  { name: "size", pattern: / *\b\d+ bytes\b/g, numbered: false },
  {
    name: "time of day",
    pattern: /(?<!\.)\b\d\d:\d\d(?::\d\d(?:\.\d+)?)?\b(?!:)/g,
    numbered: false,
  },
  { name: "memory", pattern: /\b\d+ MB\b/g, numbered: false },
  { name: "request", pattern: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, numbered: true },
  // Of a flow log's record: the port that was asked from, and behind the protocol packets, bytes, start and end.
  {
    name: "flow",
    pattern:
      /(?<=\beni-[0-9a-f]+ \S+ \S+ )\d+(?= \d+ 6 )|(?<= 6 )\d+ \d+ \d{10} \d{10}(?= (?:ACCEPT|REJECT) )/g,
    numbered: false,
  },
  // What tasks hang on their instance's bridge by, named by their ids.
  { name: "link", pattern: /\bveth[0-9a-f]{9}\d+\b/g, numbered: true },
  // Tasks, deployments, tags made from content: 7 and more digits of hexadecimal, one of them a number.
  { name: "id", pattern: /\b(?:(?:[a-z]+-)+)?(?=[a-f]*\d)[0-9a-f]{7,64}\b/g, numbered: true },
  {
    name: "duration",
    pattern: /\b\d+h \d\dm\b|\b\d+m \d\ds\b|\b\d+(?:\.\d+)? ?(?:ms|s|seconds?)\b/g,
    numbered: false,
  },
  { name: "milliseconds", pattern: /(?<="ms":)\d+(?:\.\d+)?/g, numbered: false },
  // On one machine, every task listens on a port of its own.
  { name: "port", pattern: /(?<="message":"listening","port":)\d+/g, numbered: false },
  // Of whichever task has answered `/info`.
  { name: "host", pattern: /(?<="(?:hostname|availabilityZone)":")[^"]+/g, numbered: false },
  // Counts what a reader has registered before, in this chapter and in others.
  { name: "revision", pattern: /(?<=\bnode-app-hanako:)\d+\b/g, numbered: true },
  { name: "revision", pattern: /(?<=\bgo-app-hanako:)\d+\b/g, numbered: true },
  { name: "private address", pattern: /\b10\.0\.\d+\.\d+\b(?!\/)/g, numbered: true },
  { name: "process", pattern: /\b(?<=process |pid |プロセス )\d+\b/g, numbered: false },
  { name: "version", pattern: /(?<![\d.])v?\d+\.\d+\.\d+(?![\d.])/g, numbered: false },
  { name: "machine", pattern: /\b(?:x86_64|amd64|aarch64|arm64)\b/g, numbered: false },
];

/**
 * The lines of a text that a reader is left with: without colours, trailing space and the lines that say what a step is
 * doing, which a terminal wipes out when the step is done.
 */
export function readLines(text: string): string[] {
  const plain = stripVTControlCharacters(text).replaceAll(/[ \t]+$/gm, "");
  // As version 2 of the AWS CLI begins an error, and version 1 does not.
  const result = withoutProgress(plain.replaceAll(/^aws: \[ERROR\]: /gm, ""));
  return result.replace(/^\n+|\n+$/g, "").split("\n");
}

/** Lines with what varies replaced by its kind, and different values by different numbers, in the order in which they come. */
export function withPlaceholders(lines: readonly string[]): string[] {
  let result = lines.join("\n");
  for (const { name, pattern, numbered } of PLACEHOLDERS) {
    const seen = new Map<string, number>();
    result = result.replaceAll(pattern, (value) => {
      if (!numbered) return `‹${name}›`;
      if (!seen.has(value)) seen.set(value, seen.size + 1);
      return `‹${name} ${seen.get(value)}›`;
    });
  }
  // Columns are as wide as what stands in them.
  return result.replaceAll(/(?<=›) +/g, " ").split("\n");
}

/** The durations in a text, in order, in seconds: `1m 05s`, `0.4s`, `20 seconds`. */
export function secondsIn(text: string): number[] {
  const durations = text.matchAll(/\b(?:(\d+)m )?(\d+(?:\.\d+)?) ?(?:s|seconds?)\b/g);
  return Array.from(
    durations,
    ([, minutes = "0", seconds]) => 60 * Number(minutes) + Number(seconds),
  );
}

/** A line with what varies replaced by its kind alone. */
export function toKind(line: string): string {
  return withPlaceholders([line])[0]!.replaceAll(/(?<=‹[a-z ]+) \d+(?=›)/g, "");
}

/** Removes `• Step` and what is indented below it, up to the lines that say how it and those beside it ended. */
export function withoutProgress(text: string): string {
  let open = 0;
  const lines = text.split("\n").filter((line) => {
    const begins = line.startsWith("• ");
    if (begins) open += 1;
    else if (open > 0 && /^[✓✗]/.test(line)) open -= 1;
    return !(begins || (open > 0 && /^ {4}\S/.test(line)));
  });
  return lines.join("\n");
}
