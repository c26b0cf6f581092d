import { parseArn } from "../../ground/arn.ts";
import type { Kind } from "../../store/kind.ts";
import type { Scope } from "../../store/store.ts";

/** A resource and its tags, in whichever form its service keeps them. */
export interface TaggedResource {
  readonly arn: string;
  /** Where it lives, for those whose ARN does not say; empty for what is in all regions. */
  readonly region: string;
  /** What its kind is called, such as `queue`: not every ARN says so. */
  readonly kind: string;
  readonly tags: unknown;
}

/** All resources of a kind that one account sees in one region. */
type TaggedKind = (scope: Scope) => readonly TaggedResource[];

/** One of a service's own operations, and what it is called with. */
export interface TagCall {
  readonly operation: string;
  readonly input: object;
}

/** Tags, or tag keys, as the service's own operations take them. */
export type TagsByKey = Readonly<Record<string, string>>;

/** How somebody who knows nothing but ARNs finds a service's tags, and changes them by its own operations and rules. */
export interface Tagging<Context> {
  /** The kinds of resources that are found by their tags. */
  readonly kinds: readonly TaggedKind[];
  readonly tag: (arn: string, tags: TagsByKey, context: Context) => TagCall;
  readonly untag: (arn: string, keys: readonly string[], context: Context) => TagCall;
}

/**
 * A kind of resources that have tags.
 * @param arnOf for those that do not keep their ARN; undefined for what is another account's
 */
export function taggedKind<T extends { readonly arn: string; readonly tags: unknown }>(
  kind: Kind<T>,
): TaggedKind;
export function taggedKind<T extends object>(
  kind: Kind<T>,
  read: (value: Readonly<T>, id: string, scope: Scope) => Partial<TaggedResource> | undefined,
): TaggedKind;
export function taggedKind<T extends object>(
  kind: Kind<T>,
  read: (value: Readonly<T>, id: string, scope: Scope) => Partial<TaggedResource> | undefined = (
    value,
  ) => value as Partial<TaggedResource>,
): TaggedKind {
  return (scope) =>
    [...scope.of(kind).entries()].flatMap(([id, value]) => {
      const { arn, tags, region = parseArn(arn ?? "")?.region } = read(value, id, scope) ?? {};
      if (arn === undefined || region === undefined) return [];
      return [{ arn, tags, region, kind: kind.name.slice(kind.name.indexOf(".") + 1) }];
    });
}

/** Tags as most services list them. */
export const toTagList = (tags: TagsByKey) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** How a service is asked that has `TagResource` and `UntagResource`, by the members that take the ARN, the tags and their keys. */
export function tagsByArn(
  [arnMember, tagsMember, keysMember]: readonly [string, string, string],
  toTags: (tags: TagsByKey) => unknown = toTagList,
): Omit<Tagging<unknown>, "kinds"> {
  return {
    tag: (arn, tags) => ({
      operation: "TagResource",
      input: { [arnMember]: arn, [tagsMember]: toTags(tags) },
    }),
    untag: (arn, keys) => ({
      operation: "UntagResource",
      input: { [arnMember]: arn, [keysMember]: keys },
    }),
  };
}
