import type { Language, ReferencePage } from "./reference-page.ts";
import { code, escapeText, formatTable } from "./reference-page.ts";
import { constantsOf, readSources, textsOf, walk, type SyntaxNode } from "./source.ts";

interface ErrorUse {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  readonly exitCode: string;
}

const words = {
  en: {
    intro:
      "What the workbook says when something is in the way that you can put right. The command ends with the exit code, and its last line is the next thing to do. `…` stands for what is named in your case. The code is in none of what is printed: it is what tests and scripts know the error by.",
    code: "Code",
    message: "What it says",
    next: "What to do next",
    exit: "Exit code",
  },
  ja: {
    intro:
      "利用者が対処できる問題が起きたときの、ワークブックのメッセージです。コマンドは表の終了コードで終わり、最後の行に次にすることを示します。`…` には、その場合の名前などが入ります。コードは画面には出ません。テストやスクリプトがエラーを見分けるための名前です。",
    code: "コード",
    message: "メッセージ",
    next: "次にすること",
    exit: "終了コード",
  },
};

/** All errors that a reader can put right, from the places where they are made, to be found by what a terminal shows. */
export function errorCodes(): ReferencePage {
  const files = readSources("packages/{cli,toolchain,lab-kit,image-builder}/src/**/*.ts");
  return {
    name: "errors",
    title: { en: "Error messages", ja: "エラーメッセージ" },
    order: 3,
    pageClass: "stacked-tables",
    body(language) {
      const say = words[language];
      const uses = new Map<string, ErrorUse>();
      for (const { program } of files) {
        const constants = constantsOf(program);
        const read = (node: SyntaxNode) => textsOf(node, language, constants);
        walk(program, (node, parent) => {
          for (const use of toUses(node, parent, read)) uses.set(`${use.code} ${use.message}`, use);
        });
      }
      const rows = [...uses.values()]
        .toSorted((a, b) => byWords(a.message, b.message, language))
        .map((use) => [escapeText(use.message), code(use.next), use.exitCode, `\`${use.code}\``]);
      return `${say.intro}\n\n${formatTable([say.message, say.next, say.exit, say.code], rows)}`;
    },
  };
}

/** As a reader looks for them: what differs from case to case, and how it is quoted, does not count. */
function byWords(a: string, b: string, language: Language): number {
  const plain = (text: string) => text.replaceAll(/[…"「」]/g, "").trim();
  return plain(a).localeCompare(plain(b), language) || a.localeCompare(b, language);
}

/** `{ code, next, … }` as the options of an error, or as a row of a table of such errors. */
function toUses(
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
  read: (node: SyntaxNode) => string[],
): ErrorUse[] {
  if (node.type !== "ObjectExpression") return [];
  const fields = new Map(
    (node["properties"] as SyntaxNode[])
      .filter(({ type }) => type === "Property")
      .map((property) => [
        (property["key"] as { name?: string }).name ?? "",
        property["value"] as SyntaxNode,
      ]),
  );
  const [codeField, next] = [fields.get("code"), fields.get("next")];
  if (!codeField || !next) return [];
  const isError =
    parent?.type === "NewExpression" &&
    (parent["callee"] as { name?: string }).name === "UserError";
  const words = isError ? (parent["arguments"] as SyntaxNode[])[0] : fields.get("says");
  if (!words) return [];
  const messages = read(words);
  return read(codeField)
    .filter((text) => /[A-Z]/.test(text))
    .map((text, index) => ({
      code: text,
      message: messages[index] ?? messages[0]!,
      next: read(next).join(" / "),
      exitCode: fields.has("exitCode") ? read(fields.get("exitCode")!).join(" / ") : "3",
    }));
}
