import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import type { AnyCheck } from "@workbook/lab-kit/check";
import type { LabManifest } from "@workbook/lab-kit/lab";

import type { ReferencePage } from "./reference-page.ts";
import { escapeText, formatTable } from "./reference-page.ts";

const labsFolder = join(import.meta.dirname, "../../../labs");

const words = {
  en: {
    intro:
      "What `./workbook check` looks at, by chapter, in the order in which it looks. The fast tiers come first: `synth` reads the JSON that your code becomes, `plan` asks Terraform, `live` asks the running stack. The faults are what a check can find wrong; `./workbook hint` has help for each.",
    check: "Check",
    tier: "Tier",
    asks: "What it asks for",
    faults: "Faults",
  },
  ja: {
    intro:
      "`./workbook check` が確かめる内容を、章ごとに、確かめる順番で並べたものです。速いものから順に、`synth` はコードから生成された JSON を読み、`plan` は Terraform のプランを調べ、`live` は動いているスタックを調べます。「見つける間違い」はチェックが見分けるもので、それぞれに `./workbook hint` のヒントがあります。",
    check: "チェック",
    tier: "段階",
    asks: "求めること",
    faults: "見つける間違い",
  },
};

interface LabChecks {
  readonly lab: LabManifest;
  readonly checks: readonly AnyCheck[];
}

/** The checks of all labs, from their own lists. */
export async function checkIds(): Promise<ReferencePage> {
  const folders = globSync("*/lab.ts", { cwd: labsFolder }).map((file) => dirname(file));
  const labs = await Promise.all(folders.toSorted().map((folder) => readLab(folder)));
  return {
    name: "checks",
    title: { en: "Checks", ja: "チェック" },
    order: 2,
    body(language) {
      const say = words[language];
      const parts = labs.map(({ lab, checks }) => {
        const rows = checks.map(({ id, tier, title, faults }) => [
          `\`${id}\``,
          tier,
          escapeText(title[language]),
          Object.keys(faults)
            .map((fault) => `\`${fault}\``)
            .join(", "),
        ]);
        const heading = `## ${lab.id.slice(0, 2)} ${lab.title[language]} {#${lab.id}}`;
        return `${heading}\n\n${formatTable([say.check, say.tier, say.asks, say.faults], rows)}`;
      });
      return [say.intro, ...parts].join("\n\n");
    },
  };
}

async function readLab(folder: string): Promise<LabChecks> {
  const load = (file: string) => import(pathToFileURL(join(labsFolder, folder, file)).href);
  const { lab } = (await load("lab.ts")) as { readonly lab: LabManifest };
  const { checks } = (await load("checks.ts")) as { readonly checks: readonly AnyCheck[] };
  return { lab, checks };
}
