/** An input or an output, with the tag that it gives or takes. */
export interface FluentPipe {
  readonly name: string;
  readonly tag?: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Which lines go on, by a regular expression that they match or do not. */
export interface FluentPattern {
  readonly tag: string;
  readonly pattern: string;
}

/** A router's configuration, before it is written in the words of one program. */
export interface FluentConfig {
  readonly inputs: readonly FluentPipe[];
  readonly includes: readonly FluentPattern[];
  readonly excludes: readonly FluentPattern[];
  /** What is added to every record, under what tags; empty where nothing is. */
  readonly fields: Readonly<Record<string, string>>;
  readonly everything: string;
  /** A file of the task's own, read behind the filters. */
  readonly external: string | undefined;
  readonly outputs: readonly FluentPipe[];
}

/** In the order in which ECS's generator writes them. */
const sorted = (options: Readonly<Record<string, string>>) =>
  Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1));

const section = (lines: readonly string[]) => `\n${lines.join("\n")}\n`;
const indented = (options: Readonly<Record<string, string>>, by = "    ") =>
  sorted(options).map(([key, value]) => `${by}${key} ${value}`);

/**
 * As Fluent Bit reads it.
 * @see https://github.com/awslabs/go-config-generator-for-fluentd-and-fluentbit/blob/mainline/fluent-bit-template.go
 */
export function toFluentBit(config: FluentConfig): string {
  const grep = (tag: string, how: string) =>
    section(["[FILTER]", "    Name   grep", `    Match ${tag}`, `    ${how}`]);
  const pipe = (kind: string, tagged: string, { name, tag, options }: FluentPipe) =>
    section([
      `[${kind}]`,
      `    Name ${name}`,
      ...(tag === undefined ? [] : [`    ${tagged} ${tag}`]),
      ...indented(options),
    ]);
  const hasFields = Object.keys(config.fields).length > 0;
  return [
    ...config.inputs.map((input) => pipe("INPUT", "Tag", input)),
    ...config.includes.map(({ tag, pattern }) => grep(tag, `Regex  log ${pattern}`)),
    ...config.excludes.map(({ tag, pattern }) => grep(tag, `Exclude log ${pattern}`)),
    hasFields
      ? section([
          "[FILTER]",
          "    Name record_modifier",
          `    Match ${config.everything}`,
          ...indented(config.fields, "    Record "),
        ])
      : "",
    config.external === undefined ? "" : section([`@INCLUDE ${config.external}`]),
    ...config.outputs.map((output) => pipe("OUTPUT", "Match", output)),
  ].join("");
}

/**
 * As Fluentd reads it.
 * @see https://github.com/awslabs/go-config-generator-for-fluentd-and-fluentbit/blob/mainline/fluentd-template.go
 */
export function toFluentd(config: FluentConfig): string {
  const grep = (tag: string, kind: string, pattern: string) =>
    section([
      `<filter ${tag}>`,
      "    @type  grep",
      `    <${kind}>`,
      "        key log",
      `        pattern ${pattern}`,
      `    </${kind}>`,
      "</filter>",
    ]);
  const hasFields = Object.keys(config.fields).length > 0;
  return [
    ...config.inputs.map(({ name, tag, options }) =>
      section([
        "<source>",
        `    @type ${name}`,
        ...(tag === undefined ? [] : [`    tag ${tag}`]),
        ...indented(options),
        "</source>",
      ]),
    ),
    ...config.includes.map(({ tag, pattern }) => grep(tag, "regexp", pattern)),
    ...config.excludes.map(({ tag, pattern }) => grep(tag, "exclude", pattern)),
    hasFields
      ? section([
          `<filter ${config.everything}>`,
          "    @type record_transformer",
          "    <record>",
          ...indented(config.fields, "        "),
          "    </record>",
          "</filter>",
        ])
      : "",
    config.external === undefined ? "" : section([`@include ${config.external}`]),
    ...config.outputs.map(({ name, tag, options }) =>
      section([`<match ${tag}>`, `    @type ${name}`, ...indented(options), "</match>"]),
    ),
  ].join("");
}
