import { DockerfileParser, type Copy, type Instruction as AstInstruction } from "dockerfile-ast";
import { BuildError } from "../errors.ts";
import { parseJsonForm } from "./json-form.ts";

/** One instruction of a Dockerfile, with its continuation lines joined and its comments removed. */
export interface Instruction {
  /** In upper case. */
  keyword: string;
  /** `--name=value` before the arguments; a flag without a value has an empty one. Variables are not expanded. */
  flags: { name: string; value: string }[];
  /** What follows the keyword and the flags. Variables are not expanded. */
  text: string;
  /** The arguments, if they are written as a JSON array of strings. */
  json: string[] | undefined;
  /** Counted from 1. */
  line: number;
}

export interface ParsedDockerfile {
  instructions: Instruction[];
  /** `\` or, by a parser directive, `` ` ``. */
  escape: string;
}

const KEYWORDS = new Set(
  (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER " +
    "VOLUME WORKDIR"
  ).split(" "),
);

/**
 * Splits a Dockerfile into instructions.
 * https://docs.docker.com/reference/dockerfile/#format
 *
 * @throws {BuildError} `SYNTAX` for an unknown or empty instruction, `UNSUPPORTED` for a here-document
 */
export function parseDockerfile(content: string): ParsedDockerfile {
  const dockerfile = DockerfileParser.parse(content);
  const escape = dockerfile.getEscapeCharacter();
  const lines = content.split(/\r?\n/);
  return {
    instructions: dockerfile.getInstructions().map((found) => toInstruction(found, lines, escape)),
    escape,
  };
}

function toInstruction(found: AstInstruction, lines: string[], escape: string): Instruction {
  const keyword = found.getKeyword();
  const { start, end } = found.getRange();
  const line = start.line + 1;
  if (!KEYWORDS.has(keyword))
    throw new BuildError(
      "SYNTAX",
      [`unknown instruction ${keyword}`, `${keyword} という命令はありません`],
      { line },
    );
  if ("getHeredocs" in found && (found as Copy).getHeredocs().length > 0) {
    throw new BuildError(
      "UNSUPPORTED",
      [
        `${keyword} with a here-document (<<) is not supported; write a file and COPY it`,
        `${keyword} のヒアドキュメント (<<) には対応していません。ファイルに書いて COPY してください`,
      ],
      {
        line,
      },
    );
  }
  const text = joinLines(lines.slice(start.line, end.line + 1), escape)
    .trim()
    .slice(keyword.length)
    .trim();
  const { flags, rest } = takeFlags(text);
  if (rest === "")
    throw new BuildError(
      "SYNTAX",
      [`${keyword} needs an argument`, `${keyword} には引数が必要です`],
      { line },
    );
  return { keyword, flags, text: rest, json: parseJsonForm(rest), line };
}

/** Joins continued lines; a comment or an empty line between them disappears, as it does for Docker. */
function joinLines(lines: string[], escape: string): string {
  const continuation = escape === "`" ? /`[ \t]*$/ : /\\[ \t]*$/;
  return lines
    .filter((line, index) => index === 0 || !/^\s*(#|$)/.test(line))
    .map((line) => line.replace(continuation, ""))
    .join("");
}

function takeFlags(text: string): { flags: Instruction["flags"]; rest: string } {
  const flags: Instruction["flags"] = [];
  let rest = text;
  for (;;) {
    const match = /^--([a-z][a-z-]*)(?:=("[^"]*"|\S*))?(?:\s+|$)/.exec(rest);
    if (match === null) return { flags, rest };
    flags.push({ name: match[1] ?? "", value: (match[2] ?? "").replace(/^"(.*)"$/, "$1") });
    rest = rest.slice(match[0].length);
  }
}
