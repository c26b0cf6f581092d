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
