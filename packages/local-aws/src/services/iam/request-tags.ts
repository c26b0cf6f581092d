import type { RequestKeys } from "../kit/rights.ts";

/** Members that have tags or their keys, by the names that services give them. */
const TAGS = ["Tags", "tags", "TagList"];
const KEYS = ["TagKeys", "tagKeys"];

type Pair = readonly [key: string, value: string];

/**
 * The tags that a request gives or takes away, as condition keys.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html#access_tags_control-requests
 */
export function requestTagKeys(input: Readonly<Record<string, unknown>>): RequestKeys {
  const specified = listOf(input["TagSpecifications"]).flatMap((one) =>
    listOf((one as Record<string, unknown>)["Tags"]),
  );
  const tags = [...TAGS.flatMap((name) => pairsOf(input[name])), ...pairsOf(specified)];
  const taken = KEYS.flatMap((name) => listOf(input[name])).filter(
    (key) => typeof key === "string",
  );
  const names = [...tags.map(([key]) => key), ...taken];
  return {
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...(names.length > 0 && { "aws:TagKeys": names }),
  };
}

/** Tags in any form that services have them in, by key. */
export const tagsByKey = (tags: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(pairsOf(tags));

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function pairsOf(tags: unknown): readonly Pair[] {
  if (typeof tags !== "object" || tags === null) return [];
  if (!Array.isArray(tags))
    return Object.entries(tags).map(([key, value]): Pair => [key, String(value)]);
  return (tags as readonly Record<string, string | undefined>[]).flatMap((tag): Pair[] => {
    const key = tag["Key"] ?? tag["key"] ?? tag["TagKey"];
    return key === undefined ? [] : [[key, tag["Value"] ?? tag["value"] ?? tag["TagValue"] ?? ""]];
  });
}
