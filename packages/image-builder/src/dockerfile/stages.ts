import { BuildError } from "../errors.ts";
import { formatPlatform, parsePlatform, type Platform } from "../platform.ts";
import { parsePairs } from "./pairs.ts";
import type { Instruction, ParsedDockerfile } from "./parse.ts";
import { expandWord, splitWords, type Lookup } from "./words.ts";

/** https://docs.docker.com/reference/dockerfile/#predefined-args */
const PREDEFINED_ARGS = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap(
  (name) => [name, name.toLowerCase()],
);

/** One `FROM` and what follows it. */
export interface Stage {
  index: number;
  /** The name after `AS`, in lower case. */
  name: string | undefined;
  /** An earlier stage, or an image by name, or `undefined` for `scratch`. */
  from: { stage: number } | { image: string } | undefined;
  platform: Platform;
  instructions: Instruction[];
  line: number;
}

export interface StagePlan {
  stages: Stage[];
  /** The stage to build. */
  target: Stage;
  escape: string;
  /** What `ARG`s before the first `FROM` and the platform make known; a stage sees one only after naming it in an `ARG`. */
  globalArgs: Map<string, string>;
  /** The same for the arguments that need no default: platform arguments. */
  platformArgs: Map<string, string>;
  /** The names of all `ARG`s, and those that Docker knows without. */
  declaredArgs: Set<string>;
}

/**
 * Groups the instructions into stages.
 * https://docs.docker.com/reference/dockerfile/#from
 *
 * @throws {BuildError} if there is no stage, a stage is named twice, or `target` names none
 */
export function planStages(
  { instructions, escape }: ParsedDockerfile,
  options: {
    buildArgs: Record<string, string>;
    platform: Platform;
    buildPlatform: Platform;
    target?: string;
  },
): StagePlan {
  const platformArgs = toPlatformArgs(options.platform, options.buildPlatform);
  const first = instructions.findIndex(({ keyword }) => keyword === "FROM");
  if (first === -1)
    throw new BuildError("SYNTAX", [
      "the Dockerfile has no FROM",
      "Dockerfile に FROM がありません",
    ]);
  const globalArgs = new Map<string, string>();
  const lookup: Lookup = (name) => globalArgs.get(name) ?? platformArgs.get(name);
  const known = { escape, lookup };
  for (const instruction of instructions.slice(0, first)) {
    requireArg(instruction);
    for (const { name, value } of parsePairs(instruction, known)) {
      const given = options.buildArgs[name] ?? value;
      if (given !== undefined) globalArgs.set(name, given);
    }
  }
  const stages: Stage[] = [];
  for (const instruction of instructions.slice(first)) {
    if (instruction.keyword === "FROM")
      stages.push(toStage(instruction, stages, known, options.platform));
    else stages.at(-1)?.instructions.push(instruction);
  }
  const declaredArgs = new Set([
    ...PREDEFINED_ARGS,
    ...platformArgs.keys(),
    ...instructions.flatMap(argNames),
  ]);
  return {
    stages,
    target: findTarget(stages, options.target),
    escape,
    globalArgs,
    platformArgs,
    declaredArgs,
  };
}

function requireArg({ keyword, line }: Instruction): void {
  if (keyword === "ARG") return;
  throw new BuildError(
    "SYNTAX",
    [`${keyword} may not come before FROM`, `${keyword} は FROM の前に書けません`],
    { line },
  );
}

function argNames({ keyword, text }: Instruction): string[] {
  return keyword === "ARG" ? text.split(/\s+/).map((word) => word.replace(/=.*/s, "")) : [];
}

/**
 * The stage that a name or a number stands for, looking at stages before `before` only.
 */
export function findStage(
  stages: Stage[],
  reference: string,
  before = stages.length,
): Stage | undefined {
  const candidates = stages.slice(0, before);
  return (
    candidates.findLast(({ name }) => name === reference.toLowerCase()) ??
    (/^\d+$/.test(reference) ? candidates[Number(reference)] : undefined)
  );
}

/** How words of the Dockerfile are read. */
interface Known {
  readonly escape: string;
  readonly lookup: Lookup;
}

function toStage(from: Instruction, earlier: Stage[], known: Known, target: Platform): Stage {
  const { line } = from;
  const { image, name } = imageAndName(from, known);
  if (name !== undefined) checkName(name, earlier, line);
  const stage = earlier.findLast((candidate) => candidate.name === image.toLowerCase());
  return {
    index: earlier.length,
    name: name?.toLowerCase(),
    from:
      stage !== undefined ? { stage: stage.index } : image === "scratch" ? undefined : { image },
    platform: platformOf(from, known, target),
    instructions: [],
    line,
  };
}

/** The words of a FROM. */
function imageAndName({ line, text }: Instruction, known: Known) {
  const words = splitWords(text, known.escape).map((word) => expandWord(word, { ...known, line }));
  const [image, as, name] = words;
  if (
    (words.length !== 1 && words.length !== 3) ||
    (as !== undefined && as.toLowerCase() !== "as")
  ) {
    throw new BuildError(
      "SYNTAX",
      [
        `FROM takes IMAGE or IMAGE AS NAME, not "${text}"`,
        `FROM の書き方は IMAGE か IMAGE AS NAME です ("${text}" になっています)`,
      ],
      { line },
    );
  }
  if (!image)
    throw new BuildError(
      "SYNTAX",
      [
        `FROM ${text} names no image: a variable in it is empty`,
        `FROM ${text} の変数が空なので、イメージが決まりません`,
      ],
      { line },
    );
  return { image, name };
}

function checkName(name: string, earlier: readonly Stage[], line: number): void {
  if (!/^[a-z][a-z0-9-_.]*$/i.test(name)) {
    throw new BuildError(
      "SYNTAX",
      [`"${name}" is not a valid name for a stage`, `"${name}" はステージの名前に使えません`],
      { line },
    );
  }
  if (earlier.some((stage) => stage.name === name.toLowerCase())) {
    throw new BuildError(
      "SYNTAX",
      [`there are two stages with the name ${name}`, `${name} という名前のステージが 2 つあります`],
      { line },
    );
  }
}

/** That of the last `--platform`, or the one that is built for. */
function platformOf({ flags, line }: Instruction, known: Known, target: Platform): Platform {
  let platform = target;
  for (const flag of flags) {
    if (flag.name !== "platform") {
      throw new BuildError(
        "UNSUPPORTED",
        [`FROM does not take the flag --${flag.name}`, `FROM にフラグ --${flag.name} は使えません`],
        { line },
      );
    }
    platform = parsePlatform(expandWord(flag.value, { ...known, line }), line);
  }
  return platform;
}

function findTarget(stages: Stage[], target: string | undefined): Stage {
  const stage = target === undefined ? stages.at(-1) : findStage(stages, target);
  if (stage === undefined) {
    const names = stages.map(({ name, index }) => name ?? String(index)).join(", ");
    throw new BuildError("NOT_FOUND", [
      `there is no stage "${target}" to build; the stages are ${names}`,
      `ビルドするステージ "${target}" がありません。あるのは ${names} です`,
    ]);
  }
  return stage;
}

/** https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
function toPlatformArgs(target: Platform, build: Platform): Map<string, string> {
  return new Map([
    ["TARGETPLATFORM", formatPlatform(target)],
    ["TARGETOS", target.os],
    ["TARGETARCH", target.architecture],
    ["TARGETVARIANT", ""],
    ["BUILDPLATFORM", formatPlatform(build)],
    ["BUILDOS", build.os],
    ["BUILDARCH", build.architecture],
    ["BUILDVARIANT", ""],
  ]);
}
