import { labBoilerplate } from "./boilerplate.ts";
import { labFiles } from "./lab-copy.ts";
import { defineLab } from "./lab.ts";
import type { Lab } from "./load-lab.ts";
import { GO_APP, NODE_APP } from "./web-app.ts";

/** What `pnpm check` refuses wherever it stands; written in pieces, so that it does not stand here. */
const OPEN = ["TO", "DO"].join("");

/**
 * The files of a chapter that is to be written. It begins where another one ends, and adds nothing to that yet: its start and its
 * solution are that one's solution. What nobody but its author knows is marked open, and `pnpm check` fails for each mark.
 *
 * @param id name of its folder, such as `09-sidecar`
 * @param before the chapter that it stands on
 * @returns the files' contents, by path in the folder
 * @throws {LabManifestError} where the id is not one
 */
export function newLabFiles(id: string, before: Lab): ReadonlyMap<string, string> {
  const open = { en: OPEN, ja: OPEN };
  const { needs, needsContainers, apps, publicImages, stacks, files } = before;
  const manifest = defineLab({
    id,
    title: open,
    summary: open,
    minutes: 1,
    needs,
    ...(needsContainers && { needsContainers }),
    apps,
    ...(publicImages && { publicImages }),
    stacks,
    files,
    startFailsAt: OPEN,
    cost: [],
  });
  const given = [...labFiles(before, "solution")].map(([name, text]) => [name, String(text)]);
  return new Map([
    ["lab.ts", manifestSource(id, before)],
    ["checks.ts", CHECKS],
    ["mutations.ts", MUTATIONS],
    ["picture.ts", PICTURE],
    ["teaching.ts", TEACHING],
    ["page.md", page(id, ENGLISH)],
    ["ja/page.md", page(id, JAPANESE)],
    ...labBoilerplate(manifest),
    ...given.map(([name, text]) => [`start/${name}`, text] as const),
    ...given.map(([name, text]) => [`solution/${name}`, text] as const),
  ] as [string, string][]);
}

function manifestSource(id: string, before: Lab): string {
  const { needs, needsContainers, apps, publicImages, stacks, files } = before;
  const names = apps.map((app) => (app === GO_APP ? "GO_APP" : app === NODE_APP && "NODE_APP"));
  return `import { defineLab, ${names.toSorted().join(", ")} } from "@workbook/lab-kit";

export const lab = defineLab({
  id: "${id}",
  title: { en: "${OPEN}", ja: "${OPEN}" },
  summary: { en: "${OPEN}", ja: "${OPEN}" },
  minutes: 1,
  needs: ${list(needs)},
${needsContainers ? "  needsContainers: true,\n" : ""}  apps: [${names.join(", ")}],
${publicImages ? `  publicImages: ${list(publicImages)},\n` : ""}  stacks: ${list(stacks)},
  files: ${list(files)},
  // ${OPEN}: the types of what it adds, and what it changes of what was there.
  teaches: { adds: [], changes: [] },
  startFailsAt: "${OPEN}",
  // ${OPEN}: what is paid for by the hour on AWS.
  cost: [],
});
`;
}

const list = (words: readonly string[]) => `[${words.map((word) => `"${word}"`).join(", ")}]`;

const CHECKS = `import { defineChecks, keepsWhatIsThere } from "@workbook/lab-kit";

/** ${OPEN}: what the learner writes, in that order; then what Terraform would do, and what runs. */
export const checks = defineChecks([keepsWhatIsThere("plan-keeps")]);
`;

const MUTATIONS = `import { defineMutations } from "@workbook/lab-kit";

/** ${OPEN}: wrong answers that learners give, and the check that must be the first to say so. */
export const mutations = defineMutations([]);
`;

const PICTURE = `import { definePicture } from "@workbook/lab-kit";

export const picture = definePicture(["${OPEN}", "${OPEN}"], []);
`;

const TEACHING = `import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      ["${OPEN}", "${OPEN}"],
      ["${OPEN}", "${OPEN}"],
    ],
  ],
  breaks: [],
});
`;

/** The headings that every chapter has, as docs/writing.md wants them. */
const ENGLISH = [
  "Begin",
  "What you have learned",
  "What it costs on AWS",
  "Clean up",
  "Check yourself",
];
const JAPANESE = [
  "始める {#begin}",
  "学んだこと {#what-you-have-learned}",
  "AWS での料金 {#what-it-costs-on-aws}",
  "後片付け {#clean-up}",
  "確認問題 {#check-yourself}",
];

function page(id: string, [begin, learned, costs, cleanUp, yourself]: readonly string[]): string {
  const number = Number(id.slice(0, 2));
  return `---
quiz: []
---

# ${OPEN}

<LabFacts>

${OPEN}

</LabFacts>

<StackPicture :chapter="${number}" />

## ${begin}

\`\`\`sh
./workbook start ${number}
\`\`\`

## ${learned}

${OPEN}

## ${costs}

<LabCost />

## ${cleanUp}

\`\`\`sh cleanup
./workbook destroy ${number}
\`\`\`

## ${yourself}

<LabQuiz />
`;
}
