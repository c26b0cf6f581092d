import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { parseDockerfile, type Instruction } from "@workbook/image-builder/dockerfile";

import { defineCheck, failed } from "../check.ts";
import type { Check, CheckResult, SynthContext } from "../check.ts";
import { text } from "@workbook/toolchain";
import type { WebApp } from "../web-app.ts";
import { DOCKERFILE_HINTS } from "./dockerfile-hints.ts";
import { walk } from "./steps.ts";
import { listed } from "./wiring.ts";

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
    async run(context) {
      const content = await readBeside(context, file);
      if (content === undefined) {
        return failed("missing", `a file ${file} beside stack.ts`, "there is none");
      }
      return examine(file, content);
    },
  });
}

/** A file of the learner's; undefined when it is not there. */
async function readBeside(context: SynthContext, file: string): Promise<string | undefined> {
  const { directory } = context.synth;
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
    return failed("unreadable", `${file} is a Dockerfile`, error.message);
  }
  const last = stages.at(-1);
  if (last === undefined) return failed("missing", `${file} begins with FROM`, "it has no FROM");
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
      expected: "base images of a version",
      actual: `FROM ${listed(bases)}`,
      holds: bases.every(isPinned),
    },
    {
      fault: "one-stage",
      expected: "a last stage that copies from an earlier one",
      actual: `${stages.length} stage(s); the last one copies from ${listed(copied)}`,
      holds: fromEarlier.length > 0,
    },
    {
      fault: "dependencies",
      expected: "npm ci --omit=dev",
      actual: `RUN ${listed(runs)}`,
      holds: runs.some((run) => /\bnpm (?:ci|clean-install)\b.*--omit[= ]dev\b/.test(run)),
    },
  ] as const;
}

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
      expected: "a CMD in the last stage",
      actual: listed(written),
      holds: parts.length > 0,
    },
    {
      fault: "shell-form",
      expected: "it is a JSON array",
      actual: listed(written),
      holds: parts.every(({ json }) => json !== undefined),
    },
    {
      fault: "wrapped",
      expected: "it starts node itself",
      actual: `the first process is ${words[0] ?? "nothing"}`,
      holds: basename(words[0] ?? "") === "node",
    },
    {
      fault: "root",
      expected: "a user that is not root",
      actual: `user ${user ?? "root, because there is no USER"}`,
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
