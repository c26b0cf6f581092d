import { DEFINITION_FIELDS, type FieldRow } from "@workbook/local-aws/support";
import { escapeText, formatTable, type Language, type ReferencePage } from "./reference-page.ts";

const words = {
  en: {
    intro:
      "Every field that a task definition can have, and what becomes of it in Local AWS. A cell with AWS's words says what RegisterTaskDefinition answers where a launch type does not have the field, or not this value of it; all other rules of it are checked as well. Tasks run as containers where the machine can, and as processes elsewhere. A test holds this table to the API's own model.",
    task: "The task",
    container: "A container",
    member: "Field",
    ec2: "EC2",
    fargate: "Fargate",
    containers: "As containers",
    processes: "As processes",
    taken: "yes",
  },
  ja: {
    intro:
      "タスク定義のすべての項目と、Local AWS での扱いです。AWS の文言がある欄は、その起動タイプにその項目 (またはその値) がないときに RegisterTaskDefinition が返すものです。項目のほかの規則も検証します。タスクは、マシンが対応していればコンテナとして、それ以外ではプロセスとして動きます。この表が API のモデルと一致することは、テストで確認しています。",
    task: "タスク",
    container: "コンテナ",
    member: "項目",
    ec2: "EC2",
    fargate: "Fargate",
    containers: "コンテナとして動くとき",
    processes: "プロセスとして動くとき",
    taken: "あり",
  },
};

const CONTAINERS = "containerDefinitions.";

/** What becomes of each field of a task definition, by the table of the service. */
export async function taskDefinition(): Promise<ReferencePage> {
  return {
    name: "task-definition",
    title: { en: "Fields of a task definition", ja: "タスク定義の項目" },
    order: 4.5,
    body: formatFields,
  };
}

function formatFields(language: Language): string {
  const say = words[language];
  const head = [say.member, say.ec2, say.fargate, say.containers, say.processes];
  const all = [...DEFINITION_FIELDS];
  const table = (rows: typeof all) =>
    formatTable(
      head,
      rows.map(([path, row]) => toCells(path.replace(CONTAINERS, ""), row, language)),
    );
  const ofContainers = all.filter(([path]) => path.startsWith(CONTAINERS));
  const ofTask = all.filter(([path]) => !path.startsWith(CONTAINERS));
  return [
    say.intro,
    `## ${say.task} {#task}`,
    table(ofTask),
    `## ${say.container} {#container}`,
    table(ofContainers),
  ].join("\n\n");
}

function toCells(path: string, row: FieldRow, language: Language): string[] {
  const { taken } = words[language];
  const at = language === "en" ? 0 : 1;
  const said = (text: string | undefined) => (text === undefined ? taken : escapeText(text));
  return [
    `\`${path}\``,
    said(row.ec2),
    said(row.fargate),
    escapeText(row.containers[at]),
    escapeText(row.processes[at]),
  ];
}
