import { open } from "node:fs/promises";
import type { Words } from "@workbook/toolchain";
import { BuildError } from "../errors.ts";
import { describe } from "../dockerfile/describe.ts";
import type { Instruction } from "../dockerfile/parse.ts";
import { findStage, type Stage } from "../dockerfile/stages.ts";
import { expandWord } from "../dockerfile/words.ts";
import type { FileTree } from "../files/tree.ts";
import type { StageResolver } from "./build-stage.ts";
import { planCopy, type CopySource } from "./copy-plan.ts";
import { expandWords, refuseFlags, type MetadataContext } from "./metadata.ts";
import type { BuildSession } from "./session.ts";
import { matchInStage, readFromStage } from "./stage-source.ts";
import { hashOf, type StageState } from "./stage-state.ts";
import { parseOwner } from "./users.ts";

interface CopyContext extends MetadataContext {
  stage: Stage;
  resolve: StageResolver;
}

/**
 * Carries out a COPY, or an ADD of plain files.
 *
 * @returns whether the result was known from an earlier build
 * @throws {BuildError} for what is not supported or not there
 */
export async function copyStep(
  session: BuildSession,
  state: StageState,
  instruction: Instruction,
  context: CopyContext,
): Promise<boolean> {
  const { line } = instruction;
  const { words, destination } = operands(instruction, context);
  const flag = (name: string) => {
    const value = instruction.flags.findLast((candidate) => candidate.name === name)?.value;
    return value === undefined ? undefined : expandWord(value, { ...context, line });
  };
  const owner =
    flag("chown") === undefined ? undefined : parseOwner(flag("chown") ?? "", state, line);
  const mode = parseMode(flag("chmod"), line);
  const origin = await findOrigin(session, state, flag("from"), context, line);
  const sources = await origin.sources(words, instruction);
  const how = JSON.stringify([destination, state.workdir, owner?.uid, owner?.gid, mode]);
  const key = hashOf(state.key, instruction.keyword, origin.key, how, toKey(sources));
  const known = await session.cache.get(key);
  if (known !== undefined) {
    await session.replay(state, key, known, describe(instruction));
    return true;
  }
  const contents = await origin.contents(sources);
  const options = { destination, workdir: state.workdir, owner, mode, line };
  const { entries, sources: files } = planCopy(state.tree, contents, options);
  await session.commit(state, key, {
    changes: entries,
    sources: files,
    createdBy: describe(instruction),
    isOnDisk: false,
  });
  return false;
}

/** What is copied, and where to. */
function operands(instruction: Instruction, context: CopyContext) {
  const { line, keyword, json } = instruction;
  refuseFlags(
    instruction,
    keyword === "COPY" ? ["from", "chown", "chmod", "link"] : ["chown", "chmod", "link"],
  );
  const words =
    json?.map((word) => expandWord(word, { ...context, line })) ??
    expandWords(instruction, context);
  const destination = words.pop();
  if (destination !== undefined && words.length > 0) return { words, destination };
  throw new BuildError(
    "SYNTAX",
    [
      `${keyword} takes at least a source and a destination`,
      `${keyword} にはコピー元とコピー先が必要です`,
    ],
    { line },
  );
}

/** Where a COPY takes its files from: the context, or another stage. */
interface Origin {
  key: string;
  /** What the sources stand for; of a stage without the files' content, which may not be unpacked yet. */
  sources: (patterns: string[], instruction: Instruction) => Promise<CopySource[]>;
  /** The same, with every file present. */
  contents: (sources: CopySource[]) => Promise<CopySource[]>;
}

async function findOrigin(
  session: BuildSession,
  state: StageState,
  from: string | undefined,
  { stage, resolve }: CopyContext,
  line: number,
): Promise<Origin> {
  if (from === undefined) {
    return {
      key: "context",
      sources: async (patterns, instruction) => await fromContext(session, patterns, instruction),
      contents: async (sources) => sources,
    };
  }
  const other = findStage(session.plan.stages, from, stage.index);
  if (other === undefined) {
    const message: Words = [
      `COPY --from=${from}: no earlier stage has this name, and images are not fetched`,
      `COPY --from=${from}: 前のステージにこの名前はありません。イメージの取得はしません`,
    ];
    throw new BuildError("UNSUPPORTED", message, { line });
  }
  const built = await resolve(other.index);
  if (built === state)
    throw new BuildError(
      "SYNTAX",
      [
        `COPY --from=${from} copies from its own stage`,
        `COPY --from=${from} は自分のステージからのコピーです`,
      ],
      { line },
    );
  return {
    key: built.key,
    sources: async (patterns) =>
      patterns.flatMap((pattern) => fromStage(built.tree, "", pattern, line)),
    contents: async (sources) => {
      const rootfs = await session.materialise(built);
      return sources.map(({ path }) => ({ path, items: readFromStage(built.tree, rootfs, path) }));
    },
  };
}

function fromStage(tree: FileTree, rootfs: string, pattern: string, line: number): CopySource[] {
  return matchInStage(tree, pattern, line).map((path) => ({
    path,
    items: readFromStage(tree, rootfs, path),
  }));
}

async function fromContext(
  session: BuildSession,
  patterns: string[],
  { keyword, line }: Instruction,
): Promise<CopySource[]> {
  const found: CopySource[] = [];
  for (const pattern of patterns) {
    if (keyword === "ADD" && /^(\w+:\/\/|git@)/.test(pattern)) {
      throw new BuildError(
        "UNSUPPORTED",
        [
          `ADD ${pattern}: only files of the build context can be added`,
          `ADD ${pattern}: 追加できるのはビルドコンテキストのファイルだけです`,
        ],
        { line },
      );
    }
    for (const path of await session.context.match(pattern, line)) {
      const items = await session.context.read(path, line);
      const [first] = items;
      if (keyword === "ADD" && first?.path === "" && first.type === "file")
        await refuseArchive(first.file, line);
      found.push({ path, items });
    }
  }
  return found;
}

/** How files begin that gzip, bzip2, xz and zstd made. */
const ARCHIVE_STARTS = ["\x1f\x8b", "BZh", "\xfd7zXZ\0", "\x28\xb5\x2f\xfd"];

/** ADD unpacks what it recognises as an archive. https://docs.docker.com/reference/dockerfile/#adding-local-tar-archives */
async function refuseArchive(path: string, line: number): Promise<void> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(512), 0, 512, 0);
    const start = buffer.toString("latin1");
    const isArchive =
      ARCHIVE_STARTS.some((archive) => start.startsWith(archive)) ||
      buffer.toString("latin1", 257, 262) === "ustar";
    if (!isArchive) return;
  } finally {
    await file.close();
  }
  throw new BuildError(
    "UNSUPPORTED",
    [
      `ADD would unpack the archive ${path}, which is not supported; COPY it as it is`,
      `ADD によるアーカイブ ${path} の展開には対応していません。COPY でそのままコピーしてください`,
    ],
    {
      line,
    },
  );
}

function parseMode(text: string | undefined, line: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^0?[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8);
  throw new BuildError(
    "UNSUPPORTED",
    [
      `--chmod=${text} is not an octal mode such as 755`,
      `--chmod=${text} は 755 のような 8 進数ではありません`,
    ],
    { line },
  );
}

function toKey(sources: CopySource[]): string {
  return JSON.stringify(
    sources.map(({ path, items }) => [
      path,
      items.map((item) => [item.path, item.type, item.executable, item.sha256, item.target]),
    ]),
  );
}
