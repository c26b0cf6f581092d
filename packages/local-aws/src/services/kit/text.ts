/** Names between braces in a template: `"{a} and {b}"` → `"a" | "b"`. */
type Names<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

/** One of AWS's sentences. Called with its values, it says it. */
export interface Text<Template extends string> {
  (
    ...values: [Names<Template>] extends [never]
      ? []
      : [Readonly<Record<Names<Template>, string | number>>]
  ): string;
  readonly template: Template;
  /** Where the sentence was read; undefined: nobody has seen AWS say it so, and nothing may depend on its wording. */
  readonly source: string | undefined;
}

/**
 * Defines a sentence with its source.
 * @param template the words, with `{names}` where values go
 * @param source a page that quotes AWS saying so; left out: unverified
 */
export function text<const Template extends string>(
  template: Template,
  source?: string,
): Text<Template> {
  const say = (values: Readonly<Record<string, string | number>> = {}) =>
    template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  return Object.assign(say, { template, source }) as Text<Template>;
}

/** Seen word for word as output of AWS in several public repositories, none of which is a page to link to. */
export const QUOTED = "quoted from AWS in public repositories";

export const github = (thread: string) => `https://github.com/${thread}`;

/** A page of the developer guide of ECS. */
export const guide = (page: string) =>
  `https://docs.aws.amazon.com/AmazonECS/latest/developerguide/${page}.html`;
