import type { Language, ReferencePage } from "./reference-page.ts";
import { code, escapeText, formatTable } from "./reference-page.ts";
import { readSources, type SourceFile, type SyntaxNode } from "./source.ts";

interface PropertyEntry {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly doc: string;
}

interface ConstructEntry {
  readonly name: string;
  readonly module: string;
  readonly doc: string;
  readonly props: readonly PropertyEntry[];
  readonly members: readonly PropertyEntry[];
}

const words = {
  en: {
    intro:
      "What chapters take from `infra/`: constructs of CDKTF with the settings of this course in them. Nothing in them knows of Local AWS.",
    takes: "takes",
    has: "has",
    name: "Name",
    type: "Type",
    meaning: "Meaning",
    optional: "may be left out",
  },
  ja: {
    intro:
      "各章が `infra/` から使う、この講座の設定を組み込んだ CDKTF のコンストラクトです。Local AWS のことは何も知りません。説明はソースコードのコメントのまま英語で示します。",
    takes: "受け取るもの",
    has: "持つもの",
    name: "名前",
    type: "型",
    meaning: "意味",
    optional: "省略可",
  },
};

/** The constructs of `infra/`, by their own docstrings. */
export function constructs(): ReferencePage {
  const entries = readSources("infra/src/*.ts").flatMap((file) => readConstructs(file));
  return {
    name: "constructs",
    title: { en: "Constructs of infra/", ja: "infra/ のコンストラクト" },
    order: 5,
    body: (language) =>
      [words[language].intro, ...entries.map((entry) => format(entry, language))].join("\n\n"),
  };
}

function readConstructs(file: SourceFile): ConstructEntry[] {
  const declarations = (file.program["body"] as SyntaxNode[])
    .filter(({ type }) => type === "ExportNamedDeclaration")
    .map((node) => ({ node, declaration: node["declaration"] as SyntaxNode | null }));
  const interfaces = new Map(
    declarations
      .filter(({ declaration }) => declaration?.type === "TSInterfaceDeclaration")
      .map(({ declaration }) => [nameOf(declaration!["id"]), declaration!]),
  );
  return declarations
    .filter(({ declaration }) => declaration?.type === "ClassDeclaration")
    .filter(({ declaration }) => /Construct|Stack/.test(nameOf(declaration!["superClass"])))
    .map(({ node, declaration }) => {
      const name = nameOf(declaration!["id"]);
      const props = interfaces.get(`${name}Props`);
      const body = (declaration!["body"] as SyntaxNode)["body"] as SyntaxNode[];
      const fields = body.filter(
        ({ type, accessibility }) => type === "PropertyDefinition" && accessibility !== "private",
      );
      return {
        name,
        module: `@workbook/${file.path.replace(/^infra\/src\//, "infra/").replace(/\.ts$/, "")}`,
        doc: file.docBefore(node.start) ?? "",
        props: props
          ? ((props["body"] as SyntaxNode)["body"] as SyntaxNode[]).map((each) => read(file, each))
          : [],
        members: fields.map((each) => read(file, each)),
      };
    });
}

function nameOf(node: unknown): string {
  return (node as { name?: string } | null)?.name ?? "";
}

function read(file: SourceFile, node: SyntaxNode): PropertyEntry {
  const annotation = node["typeAnnotation"] as SyntaxNode | null | undefined;
  const value = node["value"] as SyntaxNode | null | undefined;
  const shown = annotation
    ? file.text.slice(annotation.start, annotation.end).replace(/^:\s*/, "")
    : value
      ? file.text.slice(value.start, value.end)
      : "";
  return {
    name: nameOf(node["key"]),
    type: shown.replaceAll(/\s+/g, " "),
    optional: node["optional"] === true,
    doc: file.docBefore(node.start) ?? "",
  };
}

function format({ name, module, doc, props, members }: ConstructEntry, language: Language): string {
  const say = words[language];
  const table = (entries: readonly PropertyEntry[]) =>
    formatTable(
      [say.name, say.type, say.meaning],
      entries.map((entry) => [
        `\`${entry.name}\``,
        code(entry.type),
        [entry.optional ? `(${say.optional})` : "", escapeText(entry.doc)].join(" ").trim(),
      ]),
    );
  return [
    `## ${name} {#${name.toLowerCase()}}`,
    `\`\`\`ts\nimport { ${name} } from "${module}";\n\`\`\``,
    escapeText(doc),
    ...(props.length > 0 ? [`**${say.takes}**`, table(props)] : []),
    ...(members.length > 0 ? [`**${say.has}**`, table(members)] : []),
  ].join("\n\n");
}
