import { AwsError } from "../../protocol/aws-error.ts";
import { Glob } from "../../patterns/glob.ts";
import type { Image } from "./state.ts";

/** A rule of a lifecycle policy. */
export interface LifecycleRule {
  readonly rulePriority: number;
  readonly description?: string;
  readonly selection: {
    readonly tagStatus: "tagged" | "untagged" | "any";
    readonly tagPrefixList?: readonly string[];
    readonly tagPatternList?: readonly string[];
    readonly storageClass?: "standard";
    readonly countType: "imageCountMoreThan" | "sinceImagePushed" | "sinceImagePulled";
    readonly countUnit?: "days";
    readonly countNumber: number;
  };
  readonly action: { readonly type: "expire" };
}

type Json = Readonly<Record<string, unknown>>;

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
const COUNT_TYPES = [
  "imageCountMoreThan",
  "sinceImagePushed",
  "sinceImagePulled",
  "sinceImageTransitioned",
];
const MAX_RULES = 50;
const MAX_WILDCARDS = 4;
const SELECTION = [
  "tagStatus",
  "tagPrefixList",
  "tagPatternList",
  "storageClass",
  "countType",
  "countUnit",
  "countNumber",
];

/**
 * Checks the text of a lifecycle policy as strictly as ECR's schema does: what is not known, is `null`, or stands where it
 * has no meaning is refused.
 * @throws AwsError `InvalidParameterException` naming what is wrong
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function checkLifecyclePolicy(text: string): void {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw invalid("it is not JSON");
  }
  if (!hasOnly(policy, ["rules"])) throw mismatch("the policy has rules and nothing else");
  const { rules } = policy;
  if (!Array.isArray(rules) || rules.length === 0) throw mismatch("it has no rules");
  if (rules.length > MAX_RULES) throw mismatch(`it has more than ${MAX_RULES} rules`);
  for (const [index, rule] of rules.entries()) checkRule(rule, `rule ${index + 1}`);
  checkTogether(rules as readonly LifecycleRule[]);
}

/** The rules of a policy that was checked when it was put, in the order in which they apply. */
export function lifecycleRules(text: string): readonly LifecycleRule[] {
  const { rules } = JSON.parse(text) as { rules: readonly LifecycleRule[] };
  return rules.toSorted((a, b) => a.rulePriority - b.rulePriority);
}

function checkRule(rule: unknown, where: string): void {
  const fail = (reason: string) => mismatch(`${where}: ${reason}`);
  if (!hasOnly(rule, ["rulePriority", "description", "selection", "action"]))
    throw fail("it has a rulePriority, a description, a selection and an action, nothing else");
  if (!isCount(rule.rulePriority)) throw fail("rulePriority is not a positive integer");
  if (rule.description !== undefined && typeof rule.description !== "string")
    throw fail("description is no text");
  if (!hasOnly(rule.selection, SELECTION)) throw fail(`selection has only ${SELECTION.join(", ")}`);
  checkTags(rule.selection, fail);
  checkCount(rule.selection, fail);
  checkAction(rule, fail);
}

function checkTags(selection: Json, fail: (reason: string) => AwsError): void {
  const { tagStatus, tagPrefixList, tagPatternList } = selection;
  if (!["tagged", "untagged", "any"].includes(tagStatus as string)) throw fail("unknown tagStatus");
  const lists = ["tagPrefixList", "tagPatternList"].filter((name) => name in selection);
  if (tagStatus !== "tagged" && lists.length > 0)
    throw fail(`tagStatus "${tagStatus as string}" goes without ${lists.join(" and ")}`);
  if (tagStatus === "tagged" && lists.length !== 1)
    throw fail('tagStatus "tagged" needs either a tagPrefixList or a tagPatternList');
  for (const list of [tagPrefixList, tagPatternList])
    if (list !== undefined && !isTexts(list)) throw fail(`${lists[0]} is no list of texts`);
  for (const pattern of (tagPatternList ?? []) as readonly string[])
    if (pattern.split("*").length - 1 > MAX_WILDCARDS)
      throw fail(`the pattern ${pattern} has more than ${MAX_WILDCARDS} wildcards`);
}

function checkCount(selection: Json, fail: (reason: string) => AwsError): void {
  const { countType, countUnit, countNumber, storageClass } = selection;
  if (!COUNT_TYPES.includes(countType as string)) throw fail("unknown countType");
  if (!isCount(countNumber)) throw fail("countNumber is not a positive integer");
  const isByTime = countType !== "imageCountMoreThan";
  if (isByTime && countUnit !== "days")
    throw fail(`countType "${countType as string}" needs the countUnit "days"`);
  if (!isByTime && "countUnit" in selection)
    throw fail('countType "imageCountMoreThan" goes without countUnit');
  const wanted = countType === "sinceImageTransitioned" ? "archive" : "standard";
  const isOptional = wanted === "standard" && !("storageClass" in selection);
  if (!isOptional && storageClass !== wanted)
    throw fail(`countType "${countType as string}" goes with the storageClass "${wanted}"`);
}

function checkAction(rule: Json, fail: (reason: string) => AwsError): void {
  const { action, selection } = rule;
  if (!hasOnly(action, ["type", "targetStorageClass"]))
    throw fail("action has a type and a targetStorageClass, nothing else");
  if (action.type === "expire") {
    if ("targetStorageClass" in action) throw fail('type "expire" has no targetStorageClass');
  } else if (action.type !== "transition") throw fail("unknown action type");
  else if (action.targetStorageClass !== "archive")
    throw fail('type "transition" needs the targetStorageClass "archive"');
  const isArchive = (selection as Json).countType === "sinceImageTransitioned";
  if (isArchive && action.type === "transition") throw fail("what is archived can only expire");
  if (isArchive || action.type === "transition")
    throw new AwsError(
      "InvalidParameterException",
      "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'the storage class archive is not implemented by Local AWS'",
    );
}

function checkTogether(rules: readonly LifecycleRule[]): void {
  const priorities = rules.map(({ rulePriority }) => rulePriority);
  const twice = priorities.find((priority, at) => priorities.indexOf(priority) !== at);
  if (twice !== undefined) throw invalid(`two rules have priority ${twice}`);
  for (const status of ["untagged", "any"])
    if (rules.filter(({ selection }) => selection.tagStatus === status).length > 1)
      throw invalid(`only one rule may have tagStatus "${status}"`);
  const any = rules.find(({ selection }) => selection.tagStatus === "any");
  if (any && any.rulePriority !== Math.max(...priorities))
    throw invalid('the rule with tagStatus "any" must have the highest rulePriority');
}

function hasOnly(value: unknown, names: readonly string[]): value is Json {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.keys(value).every((name) => names.includes(name));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isTexts(value: unknown): boolean {
  const isText = (item: unknown) => typeof item === "string" && item !== "";
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

/** ECR's words where a rule is not in the form of any kind of rule, and what of it. */
function mismatch(reason: string): AwsError {
  return invalid(`instance failed to match exactly one schema (matched 0 out of 4) (${reason})`);
}

function invalid(reason: string): AwsError {
  return new AwsError(
    "InvalidParameterException",
    `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${reason}'`,
  );
}

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
