/** A policy as JSON has it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

export type OneOrMany<T> = T | readonly T[];

/** `*`, or principals by kind: `{ "Service": "ecs-tasks.amazonaws.com" }`. */
export type PrincipalElement = "*" | Readonly<Record<string, OneOrMany<string>>>;

export type ConditionBlock = Readonly<
  Record<string, Readonly<Record<string, OneOrMany<string | number | boolean>>>>
>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: ConditionBlock;
}

export function toList<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** A statement before anything is known of its shape. */
export type RawStatement = Readonly<Record<string, unknown>>;

/** The texts of the one of two elements that a statement has. */
export function textsOf(statement: RawStatement, one: string, other: string): readonly string[] {
  const texts = toList((statement[one] ?? statement[other]) as string | string[] | undefined);
  return texts.filter((text) => text !== null);
}

/** Reads a policy that was checked when it was stored. */
export function parsePolicy(document: string): PolicyDocument {
  const policy = JSON.parse(document) as Omit<PolicyDocument, "Statement"> & {
    Statement: OneOrMany<Statement>;
  };
  return { ...policy, Statement: toList(policy.Statement) };
}
