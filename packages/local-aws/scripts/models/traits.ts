import type { MemberJson } from "../../src/protocol/model-json.ts";

export type Traits = Record<string, unknown>;

const TRAIT_BITS = [
  "httpLabel",
  "idempotent",
  "idempotencyToken",
  "sensitive",
  "httpPayload",
  "httpResponseCode",
  "httpQueryParams",
] as const;

const KNOWN = new Set<string>([
  ...TRAIT_BITS,
  "http",
  "httpHeader",
  "httpQuery",
  "httpPrefixHeaders",
  "xmlName",
  "xmlFlattened",
  "xmlAttribute",
  "xmlNamespace",
  "ec2QueryName",
  "awsQueryError",
  "httpError",
  "error",
  "streaming",
  // These say how a client finds an endpoint, checks a payload or frames events: nothing in the bodies themselves.
  "endpoint",
  "hostLabel",
  "httpChecksum",
  "eventPayload",
  "eventHeader",
]);

/** Reads a schema's traits, which are a bit mask or an object. Throws on a trait that it does not know. */
export function readTraits(traits: unknown): Traits {
  if (typeof traits === "number") {
    return Object.fromEntries(
      TRAIT_BITS.filter((_, bit) => traits & (1 << bit)).map((name) => [name, 1]),
    );
  }
  const found = (traits ?? {}) as Traits;
  for (const name of Object.keys(found)) {
    if (!KNOWN.has(name))
      throw new Error(`Unknown trait ${name}: teach it to scripts/models/traits.ts`);
  }
  return found;
}

/** Writes the traits of a member in the model's short form. */
export function memberTraits(traits: Traits): MemberJson {
  return {
    ...(traits.xmlName === undefined ? {} : { x: traits.xmlName as string }),
    ...(traits.ec2QueryName === undefined ? {} : { e: traits.ec2QueryName as string }),
    ...bindingOf(traits),
    ...(traits.xmlNamespace === undefined ? {} : { ns: traits.xmlNamespace as [string, string] }),
    ...(traits.xmlFlattened === undefined ? {} : { fl: 1 as const }),
    ...(traits.xmlAttribute === undefined ? {} : { at: 1 as const }),
    ...(traits.idempotencyToken === undefined ? {} : { it: 1 as const }),
    ...(traits.sensitive === undefined ? {} : { se: 1 as const }),
  };
}

function bindingOf(traits: Traits): MemberJson {
  if (traits.httpLabel) return { b: "label" };
  if (traits.httpPayload) return { b: "payload" };
  if (traits.httpResponseCode) return { b: "statusCode" };
  if (traits.httpQueryParams) return { b: "queryParams" };
  if (traits.httpQuery !== undefined) return { b: "query", bn: traits.httpQuery as string };
  if (traits.httpHeader !== undefined)
    return { b: "header", bn: (traits.httpHeader as string).toLowerCase() };
  if (traits.httpPrefixHeaders !== undefined) {
    return { b: "prefixHeaders", bn: (traits.httpPrefixHeaders as string).toLowerCase() };
  }
  return {};
}
