import { Glob } from "../../patterns/glob.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Image } from "./state.ts";

interface Rule {
  readonly rulePriority: number;
  readonly selection: {
    readonly tagStatus: "tagged" | "untagged" | "any";
    readonly tagPrefixList?: readonly string[];
    readonly tagPatternList?: readonly string[];
    readonly countType: "imageCountMoreThan" | "sinceImagePushed";
    readonly countUnit?: "days";
    readonly countNumber: number;
  };
  readonly action: { readonly type: "expire" };
}

const DAY_MS = 86_400_000;

/**
 * Reads a lifecycle policy.
 * @throws AwsError `InvalidParameterException` naming what is wrong
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function parseLifecyclePolicy(text: string): readonly Rule[] {
  let policy: { rules?: readonly Rule[] };
  try {
    policy = JSON.parse(text) as typeof policy;
  } catch {
    throw invalid("it is not JSON");
  }
  const rules = policy.rules;
  if (!Array.isArray(rules) || rules.length === 0) throw invalid("it has no rules");
  const priorities = new Set<number>();
  for (const rule of rules as readonly Rule[]) checkRule(rule, priorities);
  return [...(rules as readonly Rule[])].sort((a, b) => a.rulePriority - b.rulePriority);
}

function checkRule({ rulePriority, selection, action }: Rule, priorities: Set<number>): void {
  const where = `rule with priority ${rulePriority}`;
  if (!Number.isInteger(rulePriority) || rulePriority < 1)
    throw invalid("rulePriority is not a positive integer");
  if (priorities.has(rulePriority)) throw invalid(`two rules have priority ${rulePriority}`);
  priorities.add(rulePriority);
  if (!["tagged", "untagged", "any"].includes(selection?.tagStatus))
    throw invalid(`${where}: unknown tagStatus`);
  const named = (selection.tagPrefixList ?? []).length + (selection.tagPatternList ?? []).length;
  if (selection.tagStatus === "tagged" && named === 0) {
    throw invalid(`${where}: tagStatus "tagged" needs a tagPrefixList or a tagPatternList`);
  }
  if (!["imageCountMoreThan", "sinceImagePushed"].includes(selection.countType)) {
    throw invalid(`${where}: unknown countType`);
  }
  if (!Number.isInteger(selection.countNumber) || selection.countNumber < 1) {
    throw invalid(`${where}: countNumber is not a positive integer`);
  }
  if (selection.countType === "sinceImagePushed" && selection.countUnit !== "days") {
    throw invalid(`${where}: countType "sinceImagePushed" needs the countUnit "days"`);
  }
  if (action?.type !== "expire") throw invalid(`${where}: the only action is "expire"`);
}

/** The images that a policy expires at `now`. An image belongs to the first rule that selects it. */
export function expiredImages(
  rules: readonly Rule[],
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
    const gone =
      selection.countType === "imageCountMoreThan"
        ? mine.slice(selection.countNumber)
        : mine.filter(({ pushedAt }) => pushedAt < now - selection.countNumber * DAY_MS);
    expired.push(...gone.map(({ digest }) => digest));
  }
  return expired;
}

function selects(selection: Rule["selection"], { tags }: Readonly<Image>): boolean {
  if (selection.tagStatus === "any") return true;
  if (selection.tagStatus === "untagged") return tags.length === 0;
  const prefixes = selection.tagPrefixList ?? [];
  const patterns = (selection.tagPatternList ?? []).map(
    (pattern) => new Glob(pattern, { one: false }),
  );
  return (
    tags.length > 0 &&
    (prefixes.some((p) => tags.some((tag) => tag.startsWith(p))) ||
      patterns.some((p) => tags.some((tag) => p.matches(tag))))
  );
}

function invalid(reason: string): AwsError {
  return new AwsError(
    "InvalidParameterException",
    `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${reason}'`,
  );
}
