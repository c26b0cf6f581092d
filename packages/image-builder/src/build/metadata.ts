import { BuildError } from "../errors.ts";
import { parsePairs } from "../dockerfile/pairs.ts";
import type { Instruction } from "../dockerfile/parse.ts";
import { expandWord, splitWords, type Lookup } from "../dockerfile/words.ts";
import { parseHealthcheck } from "./healthcheck.ts";
import type { StageState } from "./stage-state.ts";
import { parseUser } from "./users.ts";

/** What an instruction that only changes the image's configuration needs to know. */
export interface MetadataContext {
  escape: string;
  lookup: Lookup;
  buildArgs: Record<string, string>;
  globalArgs: ReadonlyMap<string, string>;
  platformArgs: ReadonlyMap<string, string>;
}

type Handler = (state: StageState, instruction: Instruction, context: MetadataContext) => void;

const HANDLERS: Record<string, Handler> = {
  ARG: applyArg,
  CMD: applyCommand,
  ENTRYPOINT: applyCommand,
  ENV: (state, instruction, context) => {
    for (const { name, value } of parsePairs(instruction, context))
      state.env.set(name, value ?? "");
  },
  EXPOSE: applyExpose,
  HEALTHCHECK: (state, instruction) => {
    state.config.Healthcheck = parseHealthcheck(instruction, state.shell);
  },
  LABEL: (state, instruction, context) => {
    state.config.Labels ??= {};
    for (const { name, value } of parsePairs(instruction, context))
      state.config.Labels[name] = value ?? "";
  },
  MAINTAINER: (state, { text }) => {
    state.author = text;
  },
  SHELL: (state, { json, line }) => {
    if (json === undefined || json.length === 0) {
      throw new BuildError(
        "SYNTAX",
        [
          'SHELL takes a JSON array, as ["/bin/sh", "-c"]',
          'SHELL には ["/bin/sh", "-c"] のような JSON の配列を書きます',
        ],
        { line },
      );
    }
    state.shell = json;
    state.config.Shell = json;
  },
  STOPSIGNAL: (state, instruction, context) => {
    const signal = expandText(instruction, context);
    if (!/^(SIG[A-Z0-9+-]+|\d{1,2})$/.test(signal)) {
      throw new BuildError(
        "SYNTAX",
        [
          `STOPSIGNAL ${signal} is neither a signal's name nor a number`,
          `STOPSIGNAL ${signal} はシグナルの名前でも番号でもありません`,
        ],
        instruction,
      );
    }
    state.config.StopSignal = signal;
  },
  USER: (state, instruction, context) => {
    const text = expandText(instruction, context);
    state.user = parseUser(text, state, instruction.line);
    state.config.User = text;
  },
  VOLUME: (state, instruction, context) => {
    state.config.Volumes ??= {};
    for (const path of instruction.json ?? expandWords(instruction, context))
      state.config.Volumes[path] = {};
  },
};

/**
 * Applies an instruction that changes only the configuration.
 * https://docs.docker.com/reference/dockerfile/
 *
 * @returns false if the instruction is not one of these
 * @throws {BuildError} for arguments or flags that the instruction does not take
 */
export function applyMetadata(
  state: StageState,
  instruction: Instruction,
  context: MetadataContext,
): boolean {
  const handler = Object.hasOwn(HANDLERS, instruction.keyword)
    ? HANDLERS[instruction.keyword]
    : undefined;
  if (handler === undefined) return false;
  if (instruction.keyword !== "HEALTHCHECK") refuseFlags(instruction);
  handler(state, instruction, context);
  return true;
}

/** @throws {BuildError} naming the first flag that is not one of those allowed */
export function refuseFlags(instruction: Instruction, allowed: string[] = []): void {
  for (const { name } of instruction.flags) {
    if (allowed.includes(name)) continue;
    throw new BuildError(
      "UNSUPPORTED",
      [
        `${instruction.keyword} with the flag --${name} is not supported`,
        `${instruction.keyword} のフラグ --${name} には対応していません`,
      ],
      instruction,
    );
  }
}

export function expandText(
  { text, line }: Instruction,
  { escape, lookup }: MetadataContext,
): string {
  return expandWord(text, { escape, lookup, line });
}

export function expandWords(
  { text, line }: Instruction,
  { escape, lookup }: MetadataContext,
): string[] {
  return splitWords(text, escape).map((word) => expandWord(word, { escape, lookup, line }));
}

/** https://docs.docker.com/reference/dockerfile/#arg: a stage sees an argument only from its own ARG on. */
function applyArg(state: StageState, instruction: Instruction, context: MetadataContext): void {
  for (const { name, value } of parsePairs(instruction, context)) {
    const given =
      context.buildArgs[name] ??
      value ??
      context.globalArgs.get(name) ??
      context.platformArgs.get(name);
    if (given === undefined) state.args.delete(name);
    else state.args.set(name, given);
  }
}

/** https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact */
function applyCommand(state: StageState, { keyword, json, text }: Instruction): void {
  const command = json ?? [...state.shell, text];
  if (keyword === "CMD") {
    state.config.Cmd = command;
    state.ownCommand = true;
    return;
  }
  state.config.Entrypoint = command;
  // A new entry point resets what an earlier stage said to run with the old one.
  if (!state.ownCommand) delete state.config.Cmd;
}

function applyExpose(state: StageState, instruction: Instruction, context: MetadataContext): void {
  state.config.ExposedPorts ??= {};
  for (const word of expandWords(instruction, context)) {
    const [, first = "", last = first, protocol = "tcp"] =
      /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/.exec(word) ?? [];
    if (first === "" || Number(last) > 65_535 || Number(first) > Number(last)) {
      throw new BuildError(
        "SYNTAX",
        [
          `EXPOSE ${word} is neither a port nor a range of ports`,
          `EXPOSE ${word} はポートでもポートの範囲でもありません`,
        ],
        instruction,
      );
    }
    for (let port = Number(first); port <= Number(last); port++)
      state.config.ExposedPorts[`${port}/${protocol}`] = {};
  }
}
