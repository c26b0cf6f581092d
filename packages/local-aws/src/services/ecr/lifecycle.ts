import { Glob } from "../../patterns/glob.ts";
import type { LifecycleRule } from "./lifecycle-policy.ts";
import type { Image } from "./state.ts";

const DAY_MS = 86_400_000;

/** The images that a policy's rules, in their order, expire at `now`. An image belongs to the first rule that selects it. */
export function expiredImages(
  rules: readonly LifecycleRule[],
  images: readonly Readonly<Image>[],
  now: number,
): string[] {
  const expired: string[] = [];
  const taken = new Set<string>();
  for (const { selection } of rules) {
    const mine = images
      .filter((image) => !taken.has(image.digest) && selects(selection, image))
      .sort((a, b) => b.pushedAt - a.pushedAt);
    for (const { digest } of mine) taken.add(digest);
    expired.push(...beyond(selection, mine, now).map(({ digest }) => digest));
  }
  return expired;
}

/** What of the images that a rule selects, the youngest first, is too many or too old. */
function beyond(
  { countType, countNumber }: LifecycleRule["selection"],
  images: readonly Readonly<Image>[],
  now: number,
): readonly Readonly<Image>[] {
  if (countType === "imageCountMoreThan") return images.slice(countNumber);
  const limit = now - countNumber * DAY_MS;
  // An image that nobody ever pulled counts from its push.
  const since = ({ pushedAt, lastPulledAt = pushedAt }: Readonly<Image>) =>
    countType === "sinceImagePulled" ? lastPulledAt : pushedAt;
  return images.filter((image) => since(image) < limit);
}

function selects(selection: LifecycleRule["selection"], { tags }: Readonly<Image>): boolean {
  if (selection.tagStatus === "any") return true;
  if (selection.tagStatus === "untagged") return tags.length === 0;
  const prefixes = selection.tagPrefixList ?? [];
  const patterns = (selection.tagPatternList ?? []).map(
    (pattern) => new Glob(pattern, { one: false }),
  );
  // "If you specify multiple tags, only the images with all specified tags are selected."
  return (
    tags.length > 0 &&
    prefixes.every((prefix) => tags.some((tag) => tag.startsWith(prefix))) &&
    patterns.every((pattern) => tags.some((tag) => pattern.matches(tag)))
  );
}
