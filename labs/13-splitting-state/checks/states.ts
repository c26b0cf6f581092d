import { type Check, defineCheck, hint, type SynthContext, walk } from "@workbook/lab-kit";
import { list, text, type Words } from "@workbook/toolchain";

const S3 = "https://developer.hashicorp.com/terraform/language/backend/s3";
const PARTIAL = "https://developer.hashicorp.com/terraform/language/backend#partial-configuration";

const FAULTS = {
  "same-key": hint(
    [
      "What does a stack find where it looks for its state, if another one writes there too?",
      "ステートを読む場所に別のスタックも書いていたら、何が見つかりますか。",
    ],
    [
      `It finds the other's resources, which it does not describe, and plans to destroy them. Each key is one state: ${S3}`,
      `自分の定義にないリソースが見つかり、それを削除するプランになります。キー 1 つがステート 1 つです: ${S3}`,
    ],
    "key: `${owner}/${id}.tfstate`,",
  ),
  "no-lock": hint(
    [
      "Two people apply at the same moment. Who writes last, and what is lost?",
      "2 人が同時に apply しました。最後に書くのは誰ですか。何が失われますか。",
    ],
    [
      `With use_lockfile Terraform writes an object beside the state, which S3 lets only one of them make: ${S3}#state-locking`,
      `use_lockfile があると、Terraform はステートの隣にオブジェクトを作ります。S3 は 1 人にだけ作らせます: ${S3}#state-locking`,
    ],
    "use_lockfile: true",
  ),
  "not-partial": hint(
    [
      "Whose bucket is it, and who else runs this program?",
      "それは誰のバケットですか。このプログラムはほかに誰が使いますか。",
    ],
    [
      `What differs by account stays out of the program: terraform init -backend-config says it. ${PARTIAL}`,
      `アカウントごとに違うものはプログラムに書かず、terraform init -backend-config で渡します: ${PARTIAL}`,
    ],
    "key: `${owner}/${id}.tfstate`,",
  ),
};

/** Each stack has a state of its own, locked, in a bucket that the program does not know. */
export function statesOfTheirOwn(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "Each stack has a state of its own, with a lock",
      "どのスタックにも自分のステートがあり、ロックされる",
    ]),
    faults: FAULTS,
    run: examine,
  });
}

function examine({ synth: { stacks } }: SynthContext) {
  const keyOf = ({ backend }: (typeof stacks)[number]) => String(backend["key"]);
  const shared = [...Map.groupBy(stacks, keyOf)].filter(([, each]) => each.length > 1);
  const unlocked = stacks.filter(({ backend }) => backend["use_lockfile"] !== true);
  const fixed = stacks.filter(({ backend }) => "bucket" in backend);
  const ids = (some: readonly { readonly id: string }[]): Words =>
    list(some.map((each) => each.id));
  return walk("backend.s3", [
    {
      fault: "same-key",
      expected: ["each has a key of its own", "キーがすべて違う"],
      actual: list(
        shared.length > 0
          ? shared.map(([key, each]) => `${key}: ${each.map((stack) => stack.id).join(", ")}`)
          : stacks.map(keyOf),
      ),
      holds: shared.length === 0,
    },
    {
      fault: "no-lock",
      expected: ["each is locked with use_lockfile", "すべて use_lockfile でロックされる"],
      actual:
        unlocked.length === 0
          ? "use_lockfile"
          : [
              `not locked: ${unlocked.map((each) => each.id).join(", ")}`,
              `ロックなし: ${unlocked.map((each) => each.id).join("、")}`,
            ],
      holds: unlocked.length === 0,
    },
    {
      fault: "not-partial",
      expected: ["the bucket is left to terraform init", "バケットは terraform init で渡す"],
      actual: fixed.length === 0 ? ["no bucket named", "バケット名なし"] : ids(fixed),
      holds: fixed.length === 0,
    },
  ]);
}
