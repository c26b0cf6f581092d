import { defineCheck, failed, passed } from "../check.ts";
import type { Check } from "../check.ts";
import { text } from "@workbook/toolchain";
import { hint } from "../hint.ts";
import type { PlannedChange } from "../plan-reader.ts";
import { listed } from "./wiring.ts";

/**
 * A revision of a task definition never changes, so Terraform calls a new one a replacement.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-task-definition-console-v2.html
 */
const REVISIONED = "aws_ecs_task_definition";

const FAULTS = {
  "nothing-planned": hint(
    ["Does the stack still describe anything?", "スタックにまだ何か書かれていますか。"],
    [
      "Terraform compares what the stack says with what is there: https://developer.hashicorp.com/terraform/cli/commands/plan",
      "Terraform はスタックの内容と実際の状態を比べます: https://developer.hashicorp.com/terraform/cli/commands/plan",
    ],
    "./workbook plan",
  ),
  replaces: hint(
    [
      "Terraform wants to destroy something and make it again. What did you rename?",
      "Terraform が何かを削除して作り直そうとしています。何の名前を変えましたか。",
    ],
    [
      "Names of services and of most other things cannot be changed in place, and a new id of a construct is a new resource: https://developer.hashicorp.com/terraform/language/resources/behavior",
      "サービスなどの名前はその場では変えられません。コンストラクトの ID を変えると別のリソースになります: https://developer.hashicorp.com/terraform/language/resources/behavior",
    ],
    "./workbook plan",
  ),
  destroys: hint(
    [
      "Something that earlier chapters made is missing from your stack. Which one?",
      "前の章で作ったものがスタックから消えています。どれですか。",
    ],
    [
      "What you write in place of a construct has the id that the comment names, and everything else stays.",
      "コンストラクトを書き換えるときは、コメントにある ID を使い、ほかはそのまま残します。",
    ],
    "./workbook diff",
  ),
};

/** What the plan would do to the cloud takes nothing away that is there: it adds, or changes in place. */
export function keepsWhatIsThere(id: string): Check<"plan"> {
  return defineCheck({
    id,
    tier: "plan",
    title: text([
      "The plan adds and changes, and destroys nothing",
      "プランは追加と変更だけで、何も削除しない",
    ]),
    faults: FAULTS,
    run({ plan }) {
      const expected = "nothing is destroyed or replaced but revisions of task definitions";
      if (plan.changes.length === 0)
        return failed("nothing-planned", expected, "the plan names no resource");
      const gone = plan.effective.filter(
        ({ actions, type }) => actions.includes("delete") && type !== REVISIONED,
      );
      const replaced = gone.filter(({ actions }) => actions.includes("create"));
      const destroyed = gone.filter((change) => !replaced.includes(change));
      // What is missing altogether is the greater loss, and often the reason for the replacements.
      if (destroyed.length > 0)
        return failed("destroys", expected, `destroys ${names(destroyed)}${also(replaced)}`);
      if (replaced.length > 0) return failed("replaces", expected, `replaces ${names(replaced)}`);
      const changes = `to change: ${names(plan.effective)}`;
      return passed(expected, `of ${plan.changes.length} resources looked at, ${changes}`);
    },
  });
}

function also(replaced: readonly PlannedChange[]): string {
  return replaced.length === 0 ? "" : `; replaces ${names(replaced)}`;
}

function names(changes: readonly PlannedChange[]): string {
  return listed(changes.map(({ address }) => address));
}
