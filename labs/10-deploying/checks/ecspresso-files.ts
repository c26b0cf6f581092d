import type { SynthContext } from "@workbook/lab-kit";
import { parse, YAMLParseError } from "yaml";
import { readBeside } from "./stack-parts.ts";

/** The three files of a service that ecspresso reads, with what their templates look up written as Terraform's references. */
export interface EcspressoFiles {
  readonly config: Part;
  readonly service: Part;
  readonly task: Part;
  /** All of the two definitions as the learner wrote them. */
  readonly source: string;
}

export type Part = Readonly<Record<string, unknown>>;

/** Why the files say nothing: the file, and what is wrong with it. */
export interface Unread {
  readonly file: string;
  /** Undefined where it is not there. */
  readonly problem: string | undefined;
}

const NAMES = ["ecspresso.yml", "ecs-service-def.json", "ecs-task-def.json"] as const;

/** Reads an app's files. Nothing is run: what a template looks up becomes `${address.attribute}`, a variable `$NAME`. */
export async function readEcspresso(
  { owner, synth }: Pick<SynthContext, "owner" | "synth">,
  folder: string,
): Promise<EcspressoFiles | Unread> {
  const parts: Part[] = [];
  const sources: string[] = [];
  for (const name of NAMES) {
    const file = `${folder}/${name}`;
    const source = await readBeside(synth.directory, file);
    if (source === undefined) return { file, problem: undefined };
    const read = parsePart(name, evaluate(source, owner));
    if (typeof read === "string") return { file, problem: read };
    parts.push(read);
    sources.push(source);
  }
  const [config, service, task] = parts as [Part, Part, Part];
  return { config, service, task, source: sources.slice(1).join("\n") };
}

function parsePart(name: string, content: string): Part | string {
  try {
    const read: unknown = name.endsWith(".json") ? JSON.parse(content) : parse(content);
    const isRecord = typeof read === "object" && read !== null && !Array.isArray(read);
    return isRecord ? (read as Part) : name;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof YAMLParseError) return error.message;
    throw error;
  }
}

/**
 * Go's templates, as far as definitions of services use them.
 * https://github.com/kayac/ecspresso#template-syntax
 */
function evaluate(source: string, owner: string): string {
  return source.replaceAll(/\{\{-?\s*(.*?)\s*-?\}\}/g, (_, inside: string) => {
    const [name = "", ...args] = inside.match(/`[^`]*`|\\?"[^"]*"|\S+/g) ?? [];
    const [first = "", second] = args.map((word) => word.replaceAll(/[`"\\]/g, ""));
    if (name === "tfstate") return `\${${first}}`;
    if (first === "WORKBOOK_OWNER") return owner;
    return name === "env" && second !== undefined ? second : `$${first}`;
  });
}

/** What is looked up in Terraform's state, by `address.attribute`. */
export function lookedUp(files: EcspressoFiles): readonly string[] {
  const text = JSON.stringify([files.service, files.task]);
  return [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, path = ""]) => path);
}

/** A part of a definition; empty where it is not there. */
export function inner(part: Part | undefined, ...names: readonly string[]): Part {
  return names.reduce<Part>((within, name) => {
    const value = within[name];
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === "object" && first !== null ? (first as Part) : {};
  }, part ?? {});
}
