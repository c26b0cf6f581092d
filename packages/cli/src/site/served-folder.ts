import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inStep, type StepReporter } from "@workbook/lab-kit";
import { both, type Words } from "@workbook/toolchain";
import type { Session } from "../session.ts";
import { buildSite } from "./build-site.ts";
import { siteKey } from "./site-key.ts";
import type { BuildProgress } from "./waiting-page.ts";

/**
 * The site that is served, built where it is not there, or not from what the sources are now.
 * @param onProgress told how far it is, where it is built
 */
export function servedFolder(
  session: Session,
  onProgress: (progress: BuildProgress) => void,
): Promise<string> {
  const { root, state } = session.workspace;
  const folder = servedSite(state);
  return inStep(session.progress, ["Site", "サイト"], async (step) => {
    const key = siteKey(root);
    const keyFile = join(folder, SITE_KEY_FILE);
    const isBuilt = existsSync(keyFile);
    if (isBuilt && readFileSync(keyFile, "utf8") === key)
      return { summary: ["built already", "作成済み"], value: folder };
    const why: Words = isBuilt
      ? ["its sources have changed", "内容が変わったため"]
      : ["once, up to a minute", "初回のみ、1 分以内"];
    const tell = tellBuild(step, why);
    const { pages } = await buildSite({
      root,
      out: folder,
      base: "/",
      signal: session.signal,
      onProgress: (progress) => {
        tell(progress);
        onProgress(progress);
      },
    });
    writeFileSync(keyFile, key);
    return { summary: [`${pages} pages`, `${pages} ページ`], value: folder };
  });
}

/** Says that the site is being built, and of every ten pages how far it is: without a terminal each time is a line. */
export function tellBuild(step: StepReporter, why: Words): (progress: BuildProgress) => void {
  step.detail(both`${BUILDING} (${why})`);
  let tens = 0;
  return ({ done, pages }) => {
    if (Math.floor(done / 10) === tens) return;
    tens = Math.floor(done / 10);
    const far: Words = [`${done} of ${pages} pages`, `${pages} ページ中 ${done} ページ`];
    step.detail(both`${BUILDING} (${why})${[", ", "、"]}${far}`);
  };
}

const BUILDING: Words = ["building", "作成中"];

/** Where the site that is served is kept: away from one that was built for another host. */
export const servedSite = (state: string) => join(state, "site");

/** Lies in the built site: written last, so that one that was built by half has none. */
export const SITE_KEY_FILE = ".key";
