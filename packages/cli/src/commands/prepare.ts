import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { inStep, listLabs, readManifests } from "@workbook/lab-kit";
import { LabRun } from "@workbook/lab-kit/deploy";
import type { Words } from "@workbook/toolchain";
import { dataDirectory, findCloud } from "../cloud/cloud.ts";
import {
  EMPTY_SNAPSHOT,
  listSnapshots,
  restoreSnapshot,
  saveSnapshot,
} from "../cloud/snapshots.ts";
import { beginningSnapshot, prepareCloud } from "../learn/chapter-cloud.ts";
import { chapterNumber } from "../learn/chapters.ts";
import { beginningNote } from "../learn/leave-chapter.ts";
import { style } from "../output/style.ts";
import type { Session } from "../session.ts";
import { servedFolder, servedSite, SITE_KEY_FILE } from "../site/served-folder.ts";
import { siteKey } from "../site/site-key.ts";
import { nextStep } from "../output/next.ts";
import { chosenLab, fullHandsOn } from "../learn/chosen-lab.ts";
import { ownerOf } from "../workspace.ts";

/** What the cloud was before everything was prepared, in the meantime. */
const BEFORE = "before-prepare";

/**
 * Makes all that chapters need, so that none of it is waited for, or fetched, later: tools, images, Terraform's plugins,
 * the beginning of every chapter, the site. What is there already is left as it is, so it goes on where it was
 * interrupted; the cloud is at the end what it was before.
 */
export async function prepareCommand(session: Session): Promise<number> {
  await session.target.owner();
  await buildImages(session);
  const cloud = await session.target.cloud();
  const note = beginningNote(session);
  await saveSnapshot(cloud, BEFORE);
  try {
    for (const id of listLabs(session.workspace.labs)) await prepareChapter(session, id);
  } finally {
    // An interrupt must not leave somebody else's cloud behind.
    await restoreSnapshot(cloud, BEFORE);
    note.restore();
  }
  await servedFolder(session, () => {});
  return tell(session, await look(session));
}

/** Says what of that is there: 0 when all is, 3 when something is not. */
export async function prepareCheckCommand(session: Session): Promise<number> {
  return tell(session, await look(session));
}

/** Images with everything that building them fetches; some chapters' are made by Dockerfiles of the learner's own. */
async function buildImages(session: Session): Promise<void> {
  const full = await fullHandsOn(session);
  const labs = (await readManifests(session.workspace.labs))
    .filter(({ id, dockerfiles }) => id === full || dockerfiles !== undefined)
    .map(({ id }) => id);
  for (const lab of labs) {
    const run = new LabRun(await session.target.deployment(lab, "solution"));
    await inStep(session.progress, ["Images", "イメージ"], async (step) => {
      run.follow((text) => step.detail(text));
      const built = await run.built();
      const names = built.map(({ app, image }) => `${app.container} ${image.contentTag}`);
      return { summary: names.join(", "), value: undefined };
    });
    await run.settled();
  }
}

async function prepareChapter(session: Session, id: string): Promise<void> {
  session.signal.throwIfAborted();
  const number = chapterNumber(id);
  if ((await snapshotNames(session)).includes(await beginningSnapshot(session, id))) {
    session.progress.print([
      `${style.good("✓")} Chapter ${number}  its beginning is there`,
      `${style.good("✓")} 第 ${number} 章  始まりは用意済み`,
    ]);
    return;
  }
  session.progress.print([`Chapter ${number}`, `第 ${number} 章`]);
  await prepareCloud(session, await chosenLab(session, id));
}

async function snapshotNames({ workspace }: Session): Promise<readonly string[]> {
  const cloud = await findCloud(workspace);
  if (cloud) {
    const snapshots = await listSnapshots(cloud);
    return snapshots.filter(({ problem }) => problem === undefined).map(({ name }) => name);
  }
  const folder = join(dataDirectory(workspace), "snapshots");
  return existsSync(folder) ? readdirSync(folder) : [];
}

interface Part {
  readonly name: Words;
  readonly isThere: boolean;
}

async function look(session: Session): Promise<readonly Part[]> {
  const { root, state, labs } = session.workspace;
  const names = await snapshotNames(session);
  const chapters = await Promise.all(
    listLabs(labs).map(async (id): Promise<Part> => {
      const snapshot = await beginningSnapshot(session, id);
      const number = chapterNumber(id);
      return {
        name: [`the beginning of chapter ${number}`, `第 ${number} 章の始まり`],
        isThere: snapshot === EMPTY_SNAPSHOT || names.includes(snapshot),
      };
    }),
  );
  const key = join(servedSite(state), SITE_KEY_FILE);
  const stacks = join(state, "stacks/local", ownerOf(session.workspace));
  return [
    { name: ["images", "イメージ"], isThere: existsSync(join(state, "images")) },
    {
      name: ["Terraform's plugins", "Terraform のプラグイン"],
      isThere: ["images", "service"].every((id) => existsSync(join(stacks, id, ".terraform"))),
    },
    ...chapters,
    {
      name: ["the site", "サイト"],
      isThere: existsSync(key) && readFileSync(key, "utf8") === siteKey(root),
    },
  ];
}

function tell(session: Session, parts: readonly Part[]): number {
  const { state } = session.workspace;
  const folders = ["tools", "cache", "images", "terraform", "stacks", "cloud", "site"]
    .map((name) => join(state, name))
    .filter((folder) => existsSync(folder))
    .map((folder) => ({ folder: relative(process.cwd(), folder), bytes: sizeOf(folder) }));
  const isReady = parts.every(({ isThere }) => isThere);
  session.result(
    {
      ready: isReady,
      parts: parts.map(({ name, isThere }) => ({ name: session.say(name), isThere })),
      folders,
    },
    [
      "",
      ...parts.map(
        ({ name, isThere }) => `${isThere ? style.good("✓") : "·"} ${session.say(name)}`,
      ),
      "",
      ...folders.map(
        ({ folder, bytes }) => `${`${Math.round(bytes / 1e6)} MB`.padStart(9)}  ${folder}`,
      ),
      "",
      session.say(
        isReady
          ? [
              "All is there: chapters, checks and the site need no network now.",
              "すべてそろっています。章、チェック、サイトにネットワークは要りません。",
            ]
          : ["Not all is there yet.", "まだそろっていないものがあります。"],
      ),
      "",
      session.say(nextStep(`./workbook ${isReady ? "start 1" : "prepare"}`)),
    ].join("\n"),
  );
  return isReady ? 0 : 3;
}

/** Bytes of the files in a folder, as long as they are; what a link leads to does not count. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => {
      const stat = lstatSync(join(parentPath, name), { throwIfNoEntry: false });
      return sum + (stat?.size ?? 0);
    }, 0);
}
