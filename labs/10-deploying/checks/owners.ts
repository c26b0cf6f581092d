import { type Check, type CheckResult, defineCheck, failed, hint, passed } from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { readBeside } from "./stack-parts.ts";

const FILE = "owners.md";
const WAYS = ["Terraform", "ecspresso", "CodeDeploy"] as const;
/** Who decides what, in the three ways. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  aws_lb_target_group: ["Terraform", "Terraform", "Terraform"],
  desired_count: ["Terraform", "Terraform", "Terraform"],
  task_definition: ["Terraform", "ecspresso", "CodeDeploy"],
  default_action: ["Terraform", "Terraform", "CodeDeploy"],
  rollback: ["ECS", "ECS", "CodeDeploy"],
  ignore_changes: ["-", "task_definition", "default_action, load_balancer, task_definition"],
};

const FAULTS = {
  missing: hint(
    ["Is the table still there, with all of its rows?", "表と、その行がすべて残っていますか。"],
    ["Rows are found by the word in their first cell.", "行は最初のセルの語で見分けます。"],
    "./workbook diff 10",
  ),
  empty: hint(
    ["Which cells have nothing in them yet?", "まだ空のセルはどれですか。"],
    [
      "Go through the page's three deployments: who made the call that changed it?",
      "このページの 3 つのデプロイを順に見てください。それを変える呼び出しをしたのは誰ですか。",
    ],
    "./workbook diff 10",
  ),
  owner: hint(
    [
      "Deploy in that way. Whose call changes this?",
      "その方法でデプロイするとき、これを変える呼び出しは誰のものですか。",
    ],
    [
      "What an ecspresso definition does not name, it leaves alone; CodeDeploy changes listeners and revisions, and nothing else.",
      "ecspresso は、定義に書かれていないものには触れません。CodeDeploy が変えるのは、リスナーとリビジョンだけです。",
    ],
    "./workbook diff 10",
  ),
  ignored: hint(
    [
      "What would the next apply take back, that somebody else had changed?",
      "ほかの誰かが変えたもののうち、次の apply が元に戻してしまうのはどれですか。",
    ],
    [
      "Look at lifecycle in your stack, at the services and at the listeners.",
      "スタックの lifecycle を、サービスとリスナーの両方で見てください。",
    ],
    "./workbook diff 10",
  ),
};
type Fault = keyof typeof FAULTS;

/** The learner's table says who decides what, in each of the three ways. */
export function ownersAreSaid(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "Your table says what each way of deploying owns",
      "デプロイの方法ごとに、何を受け持つかが表に書かれている",
    ]),
    faults: FAULTS,
    run: async ({ synth }) => examine(await readBeside(synth.directory, FILE)),
    withoutProgram: async ({ directory }) => examine(await readBeside(directory, FILE)),
  });
}

function examine(content = ""): CheckResult<Fault> {
  const rows = rowsOf(content);
  for (const [what, wanted] of Object.entries(OWNERS)) {
    const row = rows.get(what);
    if (row === undefined || row.length !== WAYS.length)
      return failed(
        "missing",
        [`a row ${what}`, `行 ${what} がある`],
        ["no such row", "ありません"],
      );
    for (const [at, way] of WAYS.entries()) {
      const expected: Words = both`${what}, ${way}: ${["who decides it", "決める人が書かれている"]}`;
      const said = wordsIn(row[at]!);
      const actual: Words = both`${what}, ${way}: ${said || (["nothing", "空"] as const)}`;
      if (said === "") return failed("empty", expected, actual);
      if (said.toLowerCase() !== wanted[at]!.toLowerCase())
        return failed(what === "ignore_changes" ? "ignored" : "owner", expected, actual);
    }
  }
  const cells = Object.keys(OWNERS).length * WAYS.length;
  return passed(
    [`${cells} cells say who decides`, `${cells} のセルに決める人が書かれている`],
    [`${FILE}: ${cells} cells`, `${FILE}: ${cells} セル`],
  );
}

/** The cells of a Markdown table's rows, by the word in the first. */
function rowsOf(content: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    content
      .split("\n")
      .filter((line) => line.trim().startsWith("|"))
      .map((line) =>
        line
          .trim()
          .replace(/^\||\|$/g, "")
          .split("|"),
      )
      .map(([first = "", ...cells]) => [wordsIn(first), cells]),
  );
}

/** The words of a cell in their order by letters, without marks between or around them. */
function wordsIn(cell: string): string {
  return cell
    .split(/[\s`,、]+/)
    .filter((word) => word !== "")
    .toSorted()
    .join(", ");
}
