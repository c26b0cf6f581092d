import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { parseDockerfile, type Instruction } from "@workbook/image-builder/dockerfile";

import { both, saidBy, text, type Words } from "@workbook/toolchain";
import {
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  listed,
  walk,
  type WebApp,
} from "@workbook/lab-kit";
import { DOCKERFILE_HINTS } from "./dockerfile-hints.ts";

type Fault = keyof typeof DOCKERFILE_HINTS;

/** One `FROM` and the instructions after it. */
interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/**
 * The learner's Dockerfile of a Node.js app: several stages, locked dependencies, one process without a shell in front of it,
 * and not root.
 *
 * @param file its path, beside `stack.ts`
 */
export function hasDockerfile(id: string, app: WebApp, file = "Dockerfile"): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([`A Dockerfile for ${app.container}`, `${app.container} の Dockerfile`]),
    faults: DOCKERFILE_HINTS,
    run: ({ synth }) => look(synth.directory, file),
    // It asks nothing of the stacks: what is wrong with stack.ts takes nothing from it.
    withoutProgram: ({ directory }) => look(directory, file),
  });
}

async function look(directory: string | undefined, file: string): Promise<CheckResult<Fault>> {
  const content = await readBeside(directory, file);
  return content === undefined
    ? failed(
        "missing",
        [`a file ${file} beside stack.ts`, `stack.ts の隣にファイル ${file} がある`],
        ["there is none", "ありません"],
      )
    : examine(file, content);
}

/** A file of the learner's; undefined when it is not there. */
async function readBeside(
  directory: string | undefined,
  file: string,
): Promise<string | undefined> {
  if (directory === undefined)
    throw new RangeError("It is not known where the learner's files lie");
  try {
    return await readFile(join(directory, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function examine(file: string, content: string): CheckResult<Fault> {
  let stages: readonly Stage[];
  try {
    stages = stagesOf(parseDockerfile(content).instructions);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "BuildError") throw error;
    return failed(
      "unreadable",
      [`${file} is a Dockerfile`, `${file} が Dockerfile として読める`],
      saidBy(error),
    );
  }
  const last = stages.at(-1);
  if (last === undefined)
    return failed(
      "missing",
      [`${file} begins with FROM`, `${file} が FROM で始まる`],
      [`${file} has no FROM`, `${file} に FROM がありません`],
    );
  return walk<Fault>(file, [...imageSteps(stages, last), ...processSteps(last)]);
}

function stagesOf(instructions: readonly Instruction[]): readonly Stage[] {
  const starts = instructions.flatMap(({ keyword }, at) => (keyword === "FROM" ? [at] : []));
  return starts.map((start, index) => {
    const [image = "", , name] = instructions[start]!.text.split(/\s+/);
    return { image, name, instructions: instructions.slice(start + 1, starts[index + 1]) };
  });
}

/** What is in the image, and where it came from. */
function imageSteps(stages: readonly Stage[], last: Stage) {
  const names = stages.map(({ name }, index) => name ?? String(index));
  const bases = stages.map(({ image }) => image).filter((image) => !names.includes(image));
  const copied = last.instructions
    .filter(({ keyword }) => keyword === "COPY")
    .flatMap(({ flags }) => flags.filter(({ name }) => name === "from").map(({ value }) => value));
  const fromEarlier = copied.filter((name) => names.slice(0, -1).includes(name));
  const runs = stages.flatMap((stage) => textsOf(stage, "RUN"));
  return [
    {
      fault: "unpinned",
      expected: ["base images of a version", "ベースイメージのバージョンが決まっている"],
      actual: both`FROM ${listed(bases)}`,
      holds: bases.every(isPinned),
    },
    {
      fault: "one-stage",
      expected: [
        "the last stage copies from an earlier one",
        "最後のステージが、前のステージからコピーする",
      ],
      actual: describeStages(stages, copied),
      holds: fromEarlier.length > 0,
    },
    {
      fault: "dependencies",
      expected: "RUN npm ci --omit=dev",
      actual: both`RUN ${listed(runs)}`,
      holds: runs.some((run) => /\bnpm (?:ci|clean-install)\b.*--omit[= ]dev\b/.test(run)),
    },
  ] as const;
}

/** The stages by name, and which of them the last one copies from: a name that no stage has is an image's. */
function describeStages(stages: readonly Stage[], copied: readonly string[]): Words {
  const names = listed(
    stages.map(
      ({ name, image }) => name ?? [`(no name, FROM ${image})`, `(名前なし、FROM ${image})`],
    ),
  );
  const from = listed(copied);
  return [
    `the stages are ${names.en}; the last one copies from ${from.en}`,
    `ステージは ${names.ja} です。最後のステージのコピー元: ${from.ja}`,
  ];
}

const NO_USER = ["there is no USER, so it is root", "USER がないので root です"] as const;

/** What starts, and as whom. */
function processSteps(last: Stage) {
  const command = last.instructions.findLast(({ keyword }) => keyword === "CMD");
  const entrypoint = last.instructions.findLast(({ keyword }) => keyword === "ENTRYPOINT");
  const parts = [entrypoint, command].filter((part) => part !== undefined);
  const words = parts.flatMap(({ json }) => json ?? []);
  const users = textsOf(last, "USER");
  const user = users.at(-1)?.split(":")[0];
  const written = parts.map(({ keyword, text: words_ }) => `${keyword} ${words_}`);
  return [
    {
      fault: "no-command",
      expected: ["a CMD in the last stage", "最後のステージに CMD がある"],
      actual: listed(written),
      holds: parts.length > 0,
    },
    {
      fault: "shell-form",
      expected: ["a CMD written as a JSON array", "CMD が JSON の配列で書かれている"],
      actual: listed(written),
      holds: parts.every(({ json }) => json !== undefined),
    },
    {
      fault: "wrapped",
      expected: ["a CMD that starts node itself", "CMD が node を直接起動する"],
      actual: [
        `the first process is ${words[0] ?? "none"}`,
        `最初のプロセスは ${words[0] ?? "なし"} です`,
      ],
      holds: basename(words[0] ?? "") === "node",
    },
    {
      fault: "root",
      expected: ["a user that is not root", "root ではないユーザーで動く"],
      actual: user ? `USER ${user}` : NO_USER,
      holds: user !== undefined && user !== "" && user !== "root" && user !== "0",
    },
  ] as const;
}

function textsOf({ instructions }: Stage, keyword: string): string[] {
  return instructions.filter((each) => each.keyword === keyword).map((each) => each.text);
}

/** `name:tag` with a tag that is not `latest`, or `name@digest`. */
function isPinned(image: string): boolean {
  if (image === "scratch" || image.includes("@")) return true;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag !== undefined && tag !== "latest";
}
