import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  code,
  formatTable,
  type Language,
  type ReferencePage,
  type Words,
} from "./reference-page.ts";

/** What `./workbook pnpm arguments --record` has written. */
const RESULTS = join(import.meta.dirname, "../../../packages/lab-kit/arguments/results.json");

interface TypeResult {
  readonly all: readonly string[];
  readonly given: readonly string[];
  readonly changed: readonly string[];
  readonly refused: Readonly<Record<string, Words>>;
  readonly steps: number;
  readonly unread: readonly string[];
}

const words = {
  en: {
    intro:
      "What the AWS provider of Terraform (5.100.0, unmodified) can say about a resource, and what becomes of it on Local AWS. A case gives the arguments of a resource; it is applied, planned (nothing is to change), changed in place, planned, forgotten and imported, planned, and destroyed. The list of arguments is the provider's own schema, blocks included, without `timeouts`, which are its own. The cases are HCL, in `packages/lab-kit/arguments/`. One command leads all of them through all steps, in some minutes, and ends with 1 where one fails or is not what this page says:",
    columns:
      "Five of the seven steps are left where the provider has no import of a resource, or changes nothing of it in place, and three where both is so; none where all of it is refused. An argument that is refused is answered with `NotImplemented` and its name.",
    resource: "Resource",
    covered: "Arguments covered",
    of: "of",
    refused: "Refused",
    left: "Not tried",
    steps: "Steps passed",
    all: "All",
    details: "Resource by resource",
    changed: "Changed in place",
    unread: "Not read back by the provider's import",
    moduleTitle: "A public module",
    module:
      "A service of the public Fargate module [terraform-aws-modules/ecs](https://github.com/terraform-aws-modules/terraform-aws-ecs), with its default autoscaling, is applied, planned (nothing is to change) and destroyed by a test that takes the module's sources from the folder that you name. Version 5.12.1 is the last that takes version 5 of the provider. Without a folder the test is skipped, and counted as that:",
  },
  ja: {
    intro:
      "Terraform の AWS プロバイダー (5.100.0、無改造) でリソースに指定できる引数と、Local AWS での扱いの一覧です。各ケースはリソースの引数を指定し、適用、プラン (変更なし)、インプレース更新、プラン、state からの削除とインポート、プラン、削除の順に進めます。引数の一覧はプロバイダー自身のスキーマから取り、ブロックの中も数えます。プロバイダー自身の設定である `timeouts` は除きます。ケースは HCL で、`packages/lab-kit/arguments/` にあります。次のコマンド 1 つで、すべてのケースがすべてのステップを数分で通ります。失敗したときや、このページと異なるときは終了コード 1 で終わります。",
    columns:
      "プロバイダーにインポートがないリソースや、インプレースで何も更新しないリソースのステップは 7 つのうち 5 つ、両方に当てはまるものは 3 つです。すべて拒否されるものは 0 です。拒否される引数には、`NotImplemented` とその名前を返します。",
    resource: "リソース",
    covered: "確認済みの引数",
    of: "全体",
    refused: "拒否",
    left: "未確認",
    steps: "通過したステップ",
    all: "合計",
    details: "リソース別",
    changed: "インプレースで変更",
    unread: "プロバイダーのインポートが読み戻さないもの",
    moduleTitle: "公開モジュール",
    module:
      "公開されている Fargate モジュール [terraform-aws-modules/ecs](https://github.com/terraform-aws-modules/terraform-aws-ecs) のサービスを、既定のオートスケーリングのまま適用、プラン (変更なし)、削除するテストもあります。モジュールのソースは、次の変数で指定したフォルダーから使います。プロバイダーのバージョン 5 に対応する最後のバージョンは 5.12.1 です。フォルダーがなければテストはスキップされ、スキップとして数えられます。",
  },
};

/** What a reader types; the runner of pages, which has neither minutes nor modules, does not. */
const ALL_CASES = '```sh skip="takes some minutes"\n./workbook pnpm arguments\n```';
const MODULE_TEST =
  '```sh skip="needs the sources of a module"\nWORKBOOK_FARGATE_MODULE=$HOME/terraform-aws-ecs ./workbook test fargate-module\n```';

/** Which arguments of Terraform's resources went through all that is done with one. */
export function terraformArguments(): ReferencePage {
  const results = JSON.parse(readFileSync(RESULTS, "utf8")) as Readonly<Record<string, TypeResult>>;
  return {
    name: "terraform-arguments",
    title: { en: "Arguments of Terraform's resources", ja: "Terraform リソースの引数" },
    order: 4.4,
    isWide: true,
    body: (language) => format(Object.entries(results), language),
  };
}

function format(results: readonly (readonly [string, TypeResult])[], language: Language): string {
  const say = words[language];
  const rows = results.map(([type, result]) => [
    `[${code(type)}](#${type})`,
    String(result.given.length),
    String(result.all.length),
    String(Object.keys(result.refused).length),
    String(left(result).length),
    String(result.steps),
  ]);
  const sum = (column: number) =>
    String(rows.reduce((total, row) => total + Number(row[column]), 0));
  rows.push([say.all, ...[1, 2, 3, 4].map(sum), ""]);
  const head = [say.resource, say.covered, say.of, say.refused, say.left, say.steps];
  const details = results.map(([type, result]) => formatType(type, result, language));
  return [
    say.intro,
    ALL_CASES,
    say.columns,
    formatTable(head, rows),
    `## ${say.moduleTitle} {#a-public-module}`,
    say.module,
    MODULE_TEST,
    `## ${say.details} {#resource-by-resource}`,
    ...details,
  ].join("\n\n");
}

/** Those that no case gives. */
const left = ({ all, given, refused }: TypeResult) =>
  all.filter((name) => !given.includes(name) && !(name in refused));

function formatType(type: string, result: TypeResult, language: Language): string {
  const say = words[language];
  const parts = [`### ${type} {#${type}}`];
  const row = (title: string, names: readonly string[]) => {
    if (names.length > 0) parts.push(`**${title}:** ${names.map(code).join(", ")}`);
  };
  row(say.covered, result.given);
  row(say.changed, result.changed);
  row(say.left, left(result));
  row(say.unread, result.unread);
  const reasons = Map.groupBy(Object.entries(result.refused), ([, why]) => why[language]);
  if (reasons.size > 0) {
    const lines = [...reasons].map(
      ([why, refused]) => `- ${refused.map(([name]) => code(name)).join(", ")}: ${why}`,
    );
    parts.push(`**${say.refused}:**\n\n${lines.join("\n")}`);
  }
  return parts.join("\n\n");
}
