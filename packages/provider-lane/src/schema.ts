import { fieldsOf } from "./protobuf.ts";

/** Resources, data sources, ephemeral resources: maps from a type's name to its schema. The same in protocols 5 and 6. */
const MAPS = new Set([2, 3, 8]);

/**
 * The answer to `GetSchema` without the types that are not among these names. What is not a map of types (the
 * provider's own schema, functions, capabilities) stays as it is.
 *
 * @param message of 5 MB, for the AWS provider
 */
export function trimSchema(message: Buffer, names: ReadonlySet<string>): Buffer {
  const kept = [...fieldsOf(message)].filter(({ number, value }) => {
    if (!MAPS.has(number)) return true;
    const key = [...fieldsOf(value)].find((field) => field.number === 1);
    return key !== undefined && names.has(key.value.toString("utf8"));
  });
  return Buffer.concat(kept.map(({ raw }) => raw));
}

/**
 * Every word of a text that can be the name of a type: of Terraform's language, its JSON, or a state. Words too many do
 * no harm.
 */
export function namesIn(text: string): Set<string> {
  return new Set(text.match(/\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b/g));
}

/** What Terraform says of a type that a schema does not have: in a configuration, in a state, in a plan. */
const UNKNOWN_TYPE =
  /does not support (?:resource type|data source|ephemeral resource)|no schema (?:available|found) for|missing schema for/;

/** Whether Terraform complains of a type that it has found no schema for: with the whole schema it might not. */
export function isUnknownType(said: string): boolean {
  return UNKNOWN_TYPE.test(said.replaceAll(/[\s│]+/g, " "));
}
