import { both, list, text, type Text } from "@workbook/toolchain";
import { defineCheck, failed, passed } from "../check.ts";
import type { Check } from "../check.ts";
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
      const expected = [
        "nothing is destroyed or replaced but revisions of task definitions",
        "タスク定義のリビジョンのほかは、何も削除も置換もされない",
      ] as const;
      if (plan.changes.length === 0)
        return failed("nothing-planned", expected, [
          "the plan names no resource",
          "プランにリソースがありません",
        ]);
      const gone = plan.effective.filter(
        ({ actions, type }) => actions.includes("delete") && type !== REVISIONED,
      );
      const replaced = gone.filter(({ actions }) => actions.includes("create"));
      const destroyed = gone.filter((change) => !replaced.includes(change));
      // What is missing altogether is the greater loss, and often the reason for the replacements.
      if (destroyed.length > 0)
        return failed("destroys", expected, list([doomed(destroyed), ...also(replaced)], "; "));
      if (replaced.length > 0) return failed("replaces", expected, list(also(replaced)));
      const changes = names(plan.effective);
      const count = plan.changes.length;
      return passed(expected, [
        `of ${count} resources looked at, to change: ${changes.en}`,
        `調べたリソース ${count} 件のうち、変更されるもの: ${changes.ja}`,
      ]);
    },
  });
}

function doomed(destroyed: readonly PlannedChange[]): Text {
  return both`${["destroys", "削除されるもの:"]} ${names(destroyed)}`;
}

function also(replaced: readonly PlannedChange[]): readonly Text[] {
  return replaced.length === 0 ? [] : [both`${["replaces", "置換されるもの:"]} ${names(replaced)}`];
}

function names(changes: readonly PlannedChange[]): Text {
  return listed(changes.map(({ address }) => address));
}
