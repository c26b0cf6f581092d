/** A number with the text that it was written as: EventBridge compares that, so that `300` is not `300.0`. */
export class WrittenNumber {
  readonly text: string;
  readonly value: number;

  constructor(text: string) {
    this.text = text;
    this.value = Number(text);
  }
}

/** JSON whose numbers remember how they were written. */
export type Json = string | boolean | null | WrittenNumber | readonly Json[] | JsonObject;
export type JsonObject = Readonly<{ [name: string]: Json }>;

/** @throws SyntaxError where the text is no JSON */
export function parseJson(text: string): Json {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" ? new WrittenNumber(context?.source ?? String(value)) : value,
  ) as Json;
}

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof WrittenNumber);
