import { both, list, text, type Text } from "@workbook/toolchain";
import {
  type Check,
  type CheckResult,
  combined,
  defineCheck,
  failed,
  hint,
  parseJsonText,
  passed,
  repositoryName,
  type SynthContext,
  type SynthResource,
  type WebApp,
} from "@workbook/lab-kit";

const GUIDE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html";
const GUIDE_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECR/latest/userguide/LifecyclePolicies.html";
const PARAMETERS =
  "https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html";
const PARAMETERS_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECR/latest/userguide/lifecycle_policy_parameters.html";
const SELECTION = `selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 30 },`;

const FAULTS = {
  missing: hint(
    [
      "Every deployment pushes an image. When do the old ones go away?",
      "デプロイのたびにイメージがプッシュされます。古いイメージはいつ消えますか。",
    ],
    [
      `Each repository needs a lifecycle policy: EcrLifecyclePolicy, ${GUIDE}`,
      `リポジトリごとにライフサイクルポリシーを付けます。EcrLifecyclePolicy を使います: ${GUIDE_JA}`,
    ],
    `new EcrLifecyclePolicy(this, "…", { repository: repository.name, policy: … });`,
  ),
  unreadable: hint(
    [
      "Is the policy a JSON text with a list of rules?",
      "ポリシーは rules を持つ JSON テキストですか。",
    ],
    [`These are its parts: ${PARAMETERS}`, `書き方はこちらです: ${PARAMETERS_JA}`],
    "policy: JSON.stringify({ rules: [{ … }] }),",
  ),
  untagged: hint(
    [
      "Which images does the rule look at? Do yours have tags?",
      "そのルールはどのイメージを対象にしますか。あなたのイメージにはタグがありますか。",
    ],
    [
      `Every image here has a tag that never moves, so a rule for untagged ones finds nothing: ${PARAMETERS}`,
      `ここではすべてのイメージに変わらないタグが付くので、untagged のルールは何も見つけません: ${PARAMETERS_JA}`,
    ],
    SELECTION,
  ),
  "too-few": hint(
    [
      "Would the image of the deployment before this one still be there?",
      "1 つ前のデプロイのイメージはまだ残っていますか。",
    ],
    [
      `Keep enough to go back: the number is the newest images that stay. ${PARAMETERS}`,
      `戻せるだけの数を残します。countNumber は残す新しいイメージの数です: ${PARAMETERS_JA}`,
    ],
    SELECTION,
  ),
};

type Fault = keyof typeof FAULTS;

/** Fewer, and a deployment cannot be taken back. */
const LEAST_KEPT = 2;

/** Each app's repository forgets old images, and keeps enough to go back to. */
export function hasLifecyclePolicies(id: string, apps: readonly WebApp[]): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "Old images go away by themselves",
      "古いイメージがライフサイクルポリシーで削除される",
    ]),
    faults: FAULTS,
    run: (context) => combined(apps.map((app) => examine(context, repositoryName(context, app)))),
  });
}

function examine(context: SynthContext, name: string): CheckResult<Fault> {
  const expected = [
    `a lifecycle policy that expires old images of "${name}"`,
    `"${name}" の古いイメージを削除するライフサイクルポリシーがある`,
  ] as const;
  const policy = policyOf(context, name);
  if (policy === undefined)
    return failed("missing", expected, [`"${name}" has none`, `"${name}" にはありません`]);
  const rules = rulesIn(policy.attributes["policy"]);
  if (rules === undefined)
    return failed("unreadable", expected, [
      `${policy.address} has no rules`,
      `${policy.address} に rules がありません`,
    ]);
  const counting = rules.filter(({ countNumber }) => Number.isInteger(countNumber));
  const actual = both`${policy.address}: ${list(rules.map(describe), "; ")}`;
  const effective = counting.filter(({ tagStatus }) => tagStatus !== "untagged");
  if (effective.length === 0) return failed("untagged", expected, actual);
  const keepsTooFew = effective.some(
    ({ countType, countNumber }) =>
      countType === "imageCountMoreThan" && Number(countNumber) < LEAST_KEPT,
  );
  return keepsTooFew ? failed("too-few", expected, actual) : passed(expected, actual);
}

/** The lifecycle policy of a repository, by reference or by its name. */
function policyOf({ synth }: SynthContext, name: string): SynthResource | undefined {
  return synth.all("aws_ecr_lifecycle_policy").find((policy) => {
    const repository = policy.attributes["repository"];
    const [referred] = synth.referredToBy(policy, repository);
    return repository === name || referred?.attributes["name"] === name;
  });
}

type Selection = Readonly<Record<string, unknown>>;

/** What the rules of a policy select; undefined when it cannot be read. */
function rulesIn(policy: unknown): readonly Selection[] | undefined {
  const parsed = typeof policy === "string" ? parseJsonText(policy) : undefined;
  const rules = (parsed as { rules?: unknown } | undefined)?.rules;
  if (!Array.isArray(rules) || rules.length === 0) return undefined;
  return rules.map((rule: { selection?: Selection } | null) => rule?.selection ?? {});
}

function describe({ tagStatus, countType, countNumber, countUnit }: Selection): Text {
  const images = [`${String(tagStatus)} images`, `${String(tagStatus)} のイメージ`] as const;
  const counted = [countType, countNumber, countUnit].filter((word) => word !== undefined);
  return list([images, ...counted.map(String)], " ");
}
