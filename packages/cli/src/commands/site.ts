import { resolve } from "node:path";
import { inStep } from "@workbook/lab-kit";
import { UserError } from "@workbook/toolchain";
import { dataDirectory } from "../cloud/cloud.ts";
import { style } from "../output/style.ts";
import type { Session } from "../session.ts";
import { formatError } from "../errors.ts";
import { buildSite } from "../site/build-site.ts";
import { ChapterReports } from "../site/chapter-reports.ts";
import { learnerMarks } from "../site/learner-marks.ts";
import { openBrowser } from "../site/open-browser.ts";
import { servedFolder, tellBuild } from "../site/served-folder.ts";
import { startSiteServer } from "../site/site-server.ts";
import { siteToken } from "../site/site-token.ts";
import { untilAborted } from "../until-aborted.ts";
import { settledOwner } from "../workspace.ts";

/** How the site is served. */
export interface SiteOptions {
  /** 0 for any free port; undefined for the usual one, or the next that is free. */
  readonly port: number | undefined;
  /** Whether a browser is opened. */
  readonly open: boolean;
}

/** Serves the site on this machine, and checks the learner's files when they are saved, until it is interrupted. */
export async function siteCommand(session: Session, options: SiteOptions): Promise<number> {
  const { workspace } = session;
  const token = siteToken(workspace.state);
  // The port first: who is told that it is taken need not have waited for a site to be built.
  const server = await startSiteServer({
    dataDir: dataDirectory(workspace),
    token,
    port: options.port,
    owner: () => settledOwner(workspace),
    marks: () => learnerMarks(workspace),
  });
  const address = `${server.origin}/${session.language === "ja" ? "ja/" : ""}#token=${token}`;
  const open = once(() => {
    if (options.open && session.terminal && process.env["CI"] === undefined) openBrowser(address);
  });
  try {
    const folder = await servedFolder(session, (progress) => {
      server.building(progress);
      // Its page waits with the reader for the site.
      open();
    });
    server.serve(folder);
    session.result({ url: address, pid: process.pid }, [
      `The site is at  ${style.name(address)}\nWhere Local AWS runs, its pages are alive. Ctrl-C ends it.`,
      `サイトのアドレス:  ${style.name(address)}\nLocal AWS が動いていれば、ページに今の状態が表示されます。Ctrl-C で終了します。`,
    ]);
    open();
    await reportUntilInterrupted(session);
  } finally {
    await server.stop();
  }
  return 130;
}

async function reportUntilInterrupted(session: Session): Promise<void> {
  const reports = new ChapterReports(session.workspace, (error) =>
    session.progress.print(formatError(error, false, session.language)),
  );
  await untilAborted(session.signal);
  await reports.close();
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

/**
 * Writes the static site.
 * @param out a folder; `docs/.vitepress/dist` where none is given
 */
export async function buildSiteCommand(session: Session, out: string | undefined): Promise<number> {
  const { root } = session.workspace;
  const folder = resolve(out ?? `${root}/docs/.vitepress/dist`);
  const base = siteBase();
  const built = await inStep(session.progress, ["Site", "サイト"], async (step) => {
    const value = await buildSite({
      root,
      out: folder,
      base,
      signal: session.signal,
      onProgress: tellBuild(step, ["up to a minute", "1 分以内"]),
    });
    const { pages, bytes } = value;
    return {
      summary: [`${pages} pages, ${size(bytes)}`, `${pages} ページ、${size(bytes)}`],
      value,
    };
  });
  session.result({ folder, base, ...built }, [
    `\nThe site is in  ${style.name(folder)}  (${size(built.bytes)}, to be served at ${base})\n\nNext: ./workbook site   (reads it on this machine, alive)`,
    `\nサイトの場所:  ${style.name(folder)}  (${size(built.bytes)}、公開先のパスは ${base})\n\n次: ./workbook site   (このマシンで、今の状態とともに読めます)`,
  ]);
  return 0;
}

function siteBase(): string {
  const base = process.env["SITE_BASE"] ?? "/";
  if (/^\/(?:.*\/)?$/.test(base)) return base;
  throw new UserError(
    [
      `SITE_BASE is "${base}": it has to begin and end with a slash.`,
      `SITE_BASE が「${base}」になっています。スラッシュで始まり、スラッシュで終わる必要があります。`,
    ],
    {
      code: "SITE_BASE_INVALID",
      next: "SITE_BASE=/courses/ecs/ ./workbook site --build",
      exitCode: 2,
    },
  );
}

const size = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
