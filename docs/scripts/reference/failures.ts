import {
  FAILURE_GROUPS,
  type Failure,
  type FailureGroup,
  failureOf,
  type FindingId,
  helpWith,
  PLACES,
} from "@workbook/lab-kit/failures";
import { say, type Words } from "@workbook/toolchain";
import {
  code,
  escapeText,
  formatTable,
  type Language,
  type ReferencePage,
} from "./reference-page.ts";

const words = {
  en: {
    intro:
      "Mistakes and faults that people meet on ECS, in the order in which they strike. Each is known to `./workbook why` by the name that is its heading, and a test makes each of them on Local AWS, reads the words below from AWS's API, and sees that `why` names it. The words are AWS's; `…` stands for what differs from case to case.",
    use: "Begin with what you see: find its words in the tables, and read below them what else looks so and how it is told apart. `./workbook why` and `./workbook hint` name the entry of what they have found. A name without a link is one that only `why` has.",
    count: (count: number) => `${count} entries.`,
    name: "Name",
    seen: "Seen first in",
    symptom: "In AWS's words",
    look: "Look",
    like: "Looks like",
    apart: "Told apart",
    mend: "Mend",
    write: "Write",
    type: "Type",
    source: "AWS says",
  },
  ja: {
    intro:
      "ECS でよくある間違いと障害を、起こる順に並べました。見出しは `./workbook why` が使う名前です。どの項目も、テストで Local AWS 上に再現し、下の文言を AWS の API から読み取り、`why` がその名前を挙げることを確かめています。文言は AWS のもので、`…` の部分は場合によって変わります。",
    use: "見えている症状から始めてください。表の文言を探し、その項目で、似たものと見分け方を読みます。`./workbook why` と `./workbook hint` は、見つけた原因の項目を示します。リンクのない名前は、`why` だけが使うものです。",
    count: (count: number) => `${count} 項目あります。`,
    name: "名前",
    seen: "最初に見える場所",
    symptom: "AWS の文言",
    look: "確認",
    like: "似たもの",
    apart: "見分け方",
    mend: "直し方",
    write: "書く行",
    type: "実行",
    source: "AWS の説明",
  },
};

/** The failure catalogue: tables of symptoms, and an entry for each. */
export function failures(): ReferencePage {
  return {
    name: "failures",
    title: { en: "Failure catalogue", ja: "障害カタログ" },
    order: 3.5,
    pageClass: "short-columns",
    body(language) {
      const text = words[language];
      const count = FAILURE_GROUPS.reduce((sum, group) => sum + entriesOf(group).length, 0);
      return [
        `${text.intro} ${text.count(count)}`,
        text.use,
        ...FAILURE_GROUPS.map((group) => formatGroup(group, language)),
      ].join("\n\n");
    },
  };
}

const entriesOf = ({ failures: all }: FailureGroup) =>
  Object.entries(all) as [FindingId, Failure][];

function formatGroup(group: FailureGroup, language: Language): string {
  const text = words[language];
  const entries = entriesOf(group);
  const rows = entries.map(([id, { seen, symptom }]) => [
    code(symptom),
    escapeText(say(PLACES[seen].title, language)),
    `[${code(id)}](#${id})`,
  ]);
  const anchor = say(group.title, "en")
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, "-");
  return [
    `## ${say(group.title, language)} {#${anchor}}`,
    formatTable([text.symptom, text.seen, text.name], rows),
    ...entries.map((entry) => formatEntry(entry, language)),
  ].join("\n\n");
}

/** Some things are mended by what is typed, not by what is written. */
const isCommand = (line: Words) => say(line, "en").startsWith("./workbook");

function formatEntry([id, failure]: [FindingId, Failure], language: Language): string {
  const text = words[language];
  const { made, seen, symptom, like, apart, mend } = failure;
  const { page, line } = helpWith(id);
  const place = PLACES[seen];
  const alike = like.map((each) => (failureOf(each) ? `[${code(each)}](#${each})` : code(each)));
  const items = [
    [text.seen, `${escapeText(say(place.title, language))}: ${code(symptom)}`],
    [text.look, code(place.command)],
    [text.like, alike.join(", ")],
    [text.apart, escapeText(say(apart, language))],
    [text.mend, escapeText(say(mend, language))],
    [isCommand(line) ? text.type : text.write, code(say(line, language))],
    [text.source, `<${say(page, language)}>`],
  ];
  return [
    `### ${id} {#${id}}`,
    escapeText(say(made, language)),
    items.map(([name, value]) => `- **${name}:** ${value}`).join("\n"),
  ].join("\n\n");
}
