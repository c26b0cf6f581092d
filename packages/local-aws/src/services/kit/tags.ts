/** A tag as most services list it. */
interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** What a service says of tags that cannot be, and in what its rules are its own. */
export interface TagRules {
  readonly reserved: (key: string) => Error;
  /** One call brings a key more than once. */
  readonly twice: (key: string) => Error;
  readonly tooMany: () => Error;
  /** Throws where a tag cannot be for a reason of the service's own. */
  readonly check?: (tag: Tag) => void;
  /** Keys for which this is equal are one key; left out: keys that are equal. */
  readonly same?: (key: string) => string;
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MOST_TAGS = 50;

/**
 * `before` with the tags of `given` laid over them.
 * @throws what the rules make of a key that AWS has reserved or that is given twice, and of more than 50 tags
 */
export function layTags(
  before: readonly Tag[],
  given: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
  { reserved, twice, tooMany, check, same = (key) => key }: TagRules,
): Tag[] {
  const laid = new Map(before.map((tag) => [same(tag.Key), tag]));
  const seen = new Set<string>();
  for (const { Key = "", Value = "" } of given) {
    check?.({ Key, Value });
    if (/^aws:/i.test(Key)) throw reserved(Key);
    const name = same(Key);
    if (seen.has(name)) throw twice(Key);
    seen.add(name);
    laid.set(name, { Key, Value });
  }
  if (laid.size > MOST_TAGS) throw tooMany();
  return [...laid.values()];
}
