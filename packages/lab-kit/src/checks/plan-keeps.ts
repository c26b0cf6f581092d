import { defineCheck, failed, passed } from "../check.ts";
import type { Check } from "../check.ts";
import { hint, text } from "../hint.ts";
import type { PlannedChange } from "../plan-reader.ts";
import { listed } from "./wiring.ts";

const LIFECYCLE = "https://developer.hashicorp.com/terraform/language/resources/behavior";

const FAULTS = {
  "nothing-planned": hint(
    ["Does the stack still describe anything?", "スタックにまだ何か書かれていますか。"],
    [
      "Terraform compares what the stack says with what is there: https://developer.hashicorp.com/terraform/cli/commands/plan",
      "Terraform はスタックの内容と実際の状態を比べます: https://developer.hashicorp.com/terraform/cli/commands/plan",
    ],
    "./workbook plan",
  ),
  destroys: hint(
    [
      "What is missing from your stack that earlier chapters built?",
      "これまでの章で作ったもののうち、スタックからなくなったものは何ですか。",
    ],
    [
      `What a stack no longer says is destroyed: ${LIFECYCLE}`,
      `スタックに書かれなくなったものは削除されます: ${LIFECYCLE}`,
    ],
    "./workbook diff",
  ),
  replaces: hint(
    [
      "Which argument did you change of something that is there already?",
      "すでにあるものの、どの引数を変えましたか。",
    ],
    [
      `Some arguments cannot be changed: Terraform destroys the resource and makes another. ${LIFECYCLE}`,
      `変更できない引数もあります。その場合 Terraform はリソースを削除して作り直します: ${LIFECYCLE}`,
    ],
    "./workbook diff",
  ),
};

/** A revision never changes, so another one in its place is what is wanted. */
const REVISIONED = "aws_ecs_task_definition";

/** Terraform would make and change things, and destroy nothing that earlier chapters built. */
export function keepsWhatIsThere(id: string): Check<"plan"> {
  return defineCheck({
    id,
    tier: "plan",
    title: text([
      "Terraform would destroy nothing that is there",
      "Terraform がすでにあるものを削除しない",
    ]),
    faults: FAULTS,
    run({ plan }) {
      const expected = "a plan that adds and changes, and takes nothing away";
      if (plan.changes.length === 0)
        return failed("nothing-planned", expected, "the plan names no resource");
      const gone = plan.changes.filter(
        ({ type, actions }) => actions.includes("delete") && type !== REVISIONED,
      );
      const isReplaced = ({ actions }: PlannedChange) => actions.includes("create");
      const destroyed = gone.filter((change) => !isReplaced(change));
      if (destroyed.length > 0)
        return failed("destroys", expected, `it would destroy ${addresses(destroyed)}`);
      if (gone.length > 0)
        return failed("replaces", expected, `it would replace ${addresses(gone)}`);
      const { effective } = plan;
      return passed(
        expected,
        `${plan.changes.length} resources: ${effective.length === 0 ? "nothing to change" : `to make or change: ${addresses(effective)}`}`,
      );
    },
  });
}

function addresses(changes: readonly PlannedChange[]): string {
  return listed(changes.map(({ address }) => address));
}
