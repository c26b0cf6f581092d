import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { cleanEnvironment, UserError } from "@workbook/toolchain";
import type { BuildProgress } from "./waiting-page.ts";

export interface BuildOptions {
  /** The clone. */
  readonly root: string;
  /** Gets the site, in one step, in the place of what it held. */
  readonly out: string;
  /** Where the site lies on its host; it begins and ends with a slash. */
  readonly base: string;
  readonly signal: AbortSignal;
  /** Told of each page how far it is. */
  readonly onProgress: (progress: BuildProgress) => void;
}

/** What has been built. */
export interface BuiltSite {
  readonly pages: number;
  readonly bytes: number;
}

/** Every folder that VitePress has built has this file. */
const MARK = "hashmap.json";
const SHOWN_LINES = 15;

/**
 * Builds the static site.
 * @throws {UserError} `SITE_OUT_TAKEN` where the folder holds something else, `SITE_NOT_BUILT` with what VitePress said
 */
export async function buildSite(options: BuildOptions): Promise<BuiltSite> {
  const { root, out, base, signal, onProgress } = options;
  refuseForeignFolder(out);
  const scratch = `${out}.new-${process.pid}`;
  const docs = join(root, "docs");
  const command = join(docs, "node_modules/vitepress/bin/vitepress.js");
  const child = spawn(process.execPath, [command, "build", docs, "--outDir", scratch], {
    cwd: docs,
    env: { ...cleanEnvironment(process.env), SITE_BASE: base, NODE_ENV: "production" },
    // By the channel it says how far it is: docs/.vitepress/site/build-progress.ts.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    signal,
  });
  let said = "";
  const listen = (chunk: Buffer) => (said += stripVTControlCharacters(chunk.toString("utf8")));
  child.stdout!.on("data", listen);
  child.stderr!.on("data", listen);
  child.on("message", (message) => onProgress(message as BuildProgress));
  try {
    const [code] = (await once(child, "close")) as [number | null];
    signal.throwIfAborted();
    if (code !== 0) throw notBuilt(said);
    replaceFolder(scratch, out);
    return measure(out);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function notBuilt(said: string): UserError {
  const end = said.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
  return new UserError(
    [`The site could not be built:\n${end}`, `サイトを作成できませんでした:\n${end}`],
    {
      code: "SITE_NOT_BUILT",
      next: [
        "mend what is named above, then: ./workbook site --build",
        "上の問題を直してから: ./workbook site --build",
      ],
      exitCode: 1,
    },
  );
}

/** What was there is taken away: it must be a site, or nothing. */
function refuseForeignFolder(out: string): void {
  if (!existsSync(out)) {
    if (existsSync(dirname(out))) return;
    throw new UserError(
      [
        `There is no folder ${dirname(out)} for the site to be written to.`,
        `サイトの出力先のフォルダ ${dirname(out)} がありません。`,
      ],
      { code: "SITE_OUT_TAKEN", next: `mkdir -p ${dirname(out)}`, exitCode: 2 },
    );
  }
  const isFree = statSync(out).isDirectory() && readdirSync(out).length === 0;
  if (isFree || existsSync(join(out, MARK))) return;
  throw new UserError(
    [
      `${out} holds something that is not the site: it would be taken away.`,
      `${out} にはサイト以外のものが入っています。出力すると消えてしまいます。`,
    ],
    {
      code: "SITE_OUT_TAKEN",
      next: [
        "./workbook site --build --out FOLDER   (one that is empty, or not there)",
        "./workbook site --build --out FOLDER   (空のフォルダか、まだないフォルダ)",
      ],
      exitCode: 2,
    },
  );
}

/** Whoever reads the folder finds the old site or the new one. */
function replaceFolder(from: string, to: string): void {
  const old = `${to}.old-${process.pid}`;
  if (existsSync(to)) renameSync(to, old);
  renameSync(from, to);
  rmSync(old, { recursive: true, force: true });
}

function measure(folder: string): BuiltSite {
  const files = globSync("**/*", { cwd: folder, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const bytes = files.map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
  return {
    pages: files.filter(({ name }) => name.endsWith(".html") && name !== "404.html").length,
    bytes: bytes.reduce((sum, each) => sum + each, 0),
  };
}
