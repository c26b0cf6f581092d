import { UserError, type Words } from "@workbook/toolchain";
import type { Session } from "../session.ts";

/** What `help --all` shows together, in this order. */
export const GROUPS = {
  begin: ["Begin", "始める"],
  learn: ["Learn", "学ぶ"],
  deploy: ["Deploy", "デプロイする"],
  look: ["Look", "見る"],
  workbook: ["The cloud, the workbook", "クラウドとワークブック"],
} as const satisfies Readonly<Record<string, Words>>;

/** One thing that a command can do, named by its first argument. */
export interface Action {
  readonly name: string;
  /** What has to follow it, as help writes it. */
  readonly needs?: string;
  /** The words that may follow it. */
  readonly values?: readonly string[];
  readonly does: Words;
}

/** What may follow a command's name. No argument has to be given, unless it chooses an action. */
export interface Argument {
  /** The words that it can be, where they are known: those of `labs` are the chapters' ids. */
  readonly values?: "labs" | readonly string[];
  /** What it chooses from. */
  readonly actions?: readonly Action[];
  /** Set where one of the actions has to be chosen. */
  readonly isNeeded?: true;
  /** Set where it takes all that follows. */
  readonly isRest?: true;
  /** Set where it takes what follows `--`, and nothing else. */
  readonly isBehindDashes?: true;
}

/** An option that is given or not. */
export interface Flag {
  readonly short?: string;
  readonly does: Words;
}

/** An option with a value. */
export interface Value<T> {
  /** What stands for the value: `<port>`. */
  readonly takes: string;
  /** The words that it can be, where they are known; `files` are this machine's. */
  readonly values?: "files" | readonly string[];
  /** Set where it may be given several times: `read` has all that was given, with commas between. */
  readonly isMany?: true;
  readonly does: Words;
  /** What a value means. @param name the option's own, without dashes @throws {UserError} where it means nothing */
  read(given: string, command: string, name: string): T;
}

export type Option = Flag | Value<unknown>;
/** A way to type a command, and what it does. */
type Example = readonly [line: string, does: Words];
type Arguments = Readonly<Record<string, Argument>>;
type Options = Readonly<Record<string, Option>>;

type GivenArguments<A extends Arguments> = {
  readonly [Name in keyof A]: A[Name] extends { readonly isRest: true } | { isBehindDashes: true }
    ? readonly string[]
    : string | undefined;
};
type GivenOptions<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Value<infer T> ? T | undefined : boolean;
};

interface Definition<A extends Arguments, O extends Options> {
  readonly name: string;
  readonly group: keyof typeof GROUPS;
  /** Set where a learner needs it on the first day. */
  readonly isEssential?: true;
  /** What it does, in a line. */
  readonly summary: Words;
  /** What its help says below all else, such as what to do once to have it. */
  readonly more?: Words;
  /** Ways to type it, without `./workbook`, and what each does. */
  readonly examples?: readonly Example[];
  /** In the order in which they are given. */
  readonly args?: A;
  /** By their names, without dashes. */
  readonly options?: O;
  /** Set where it can act on the learner's own AWS account too; the others are about this machine alone. */
  readonly target?: "any";
  /** Set where everything that follows its name is another program's, and no parser's of ours. */
  readonly isVerbatim?: true;
  /** What exit codes mean here, where it is more than that the command failed. */
  readonly exits?: Readonly<Partial<Record<1 | 3, Words>>>;
  /** Does it. What it needs is loaded here and not before: help and completion know every command, and load none. @returns the exit code */
  run(session: Session, args: GivenArguments<A>, options: GivenOptions<O>): Promise<number>;
}

/** All that is known of a command: help, completion, the reference page and the table of exit codes are made of it. */
export interface Command {
  readonly name: string;
  readonly group: keyof typeof GROUPS;
  readonly isEssential: boolean;
  readonly summary: Words;
  readonly more: Words | undefined;
  readonly examples: readonly Example[];
  readonly args: Arguments;
  readonly options: Options;
  readonly isOnAws: boolean;
  readonly isVerbatim: boolean;
  readonly exits: Readonly<Partial<Record<1 | 3, Words>>>;
  run(session: Session, args: object, options: object): Promise<number>;
}

/** Defines a command. */
export function defineCommand<A extends Arguments, O extends Options>(
  definition: Definition<A, O>,
): Command {
  const { name, group, summary, more, isEssential, args, options, target, isVerbatim, exits } =
    definition;
  return {
    name,
    group,
    summary,
    more,
    examples: definition.examples ?? [],
    isEssential: isEssential ?? false,
    args: args ?? {},
    options: options ?? {},
    isOnAws: target === "any",
    isVerbatim: isVerbatim ?? false,
    exits: exits ?? {},
    // The parser makes both of what is defined here.
    run: (session, given, chosen) =>
      definition.run(session, given as GivenArguments<A>, chosen as GivenOptions<O>),
  };
}

/** An option that is given or not. */
export function flag(does: Words, short?: string): Flag {
  return { does, ...(short !== undefined && { short }) };
}

/** An option with a value, which is any text. */
export function value(takes: string, does: Words, values?: Value<string>["values"]): Value<string> {
  return { takes, does, ...(values && { values }), read: (given) => given };
}

/**
 * An option of which only some words are values.
 * @param refuse the error for another one, where it is to be another than that which lists them
 */
export function oneOf<const T extends string>(
  takes: string,
  values: readonly T[],
  does: Words,
  refuse = (given: string, command: string, name: string): UserError =>
    refused(
      [
        `--${name} takes ${values.slice(0, -1).join(", ")} or ${values.at(-1)}, not ${given}.`,
        `--${name} には ${values.join("、")} のどれかを指定します。${given} は使えません。`,
      ],
      command,
    ),
): Value<T> {
  const read = (given: string, command: string, name: string): T => {
    const found = values.find((each) => each === given);
    if (found === undefined) throw refuse(given, command, name);
    return found;
  };
  return { takes, values, does, read };
}

/** An option that is a TCP port. */
export function port(does: Words): Value<number> {
  const read = (given: string, command: string, name: string): number => {
    const number = Number(given);
    if (given !== "" && Number.isInteger(number) && number >= 0 && number < 65_536) return number;
    throw refused(
      [
        `--${name} takes a number from 0 to 65535, not ${given}.`,
        `--${name} には 0 から 65535 の数を指定します。${given} は使えません。`,
      ],
      command,
    );
  };
  return { takes: "<port>", does, read };
}

function refused(message: Words, command: string): UserError {
  return new UserError(message, {
    code: "USAGE",
    next: `./workbook help ${command}`,
    exitCode: 2,
  });
}

/** Whether an option has a value. */
export function takesValue(option: Option): option is Value<unknown> {
  return "takes" in option;
}

/** The actions that a command's first argument chooses from; none where it chooses nothing. */
export function actionsOf({ args }: Pick<Command, "args">): readonly Action[] {
  return Object.values(args)[0]?.actions ?? [];
}
