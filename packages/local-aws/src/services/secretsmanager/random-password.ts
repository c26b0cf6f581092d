import { randomInt } from "node:crypto";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { invalidParameter } from "./faults.ts";
import { checkAccess } from "./find.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
const SETS = {
  ExcludeLowercase: "abcdefghijklmnopqrstuvwxyz",
  ExcludeUppercase: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  ExcludeNumbers: "0123456789",
  ExcludePunctuation: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
} as const;

export const randomPasswordHandlers: Handlers<
  typeof import("@aws-sdk/client-secrets-manager"),
  CallContext
> = {
  GetRandomPassword(input, context) {
    checkAccess(context, "GetRandomPassword", "*");
    const length = input.PasswordLength ?? 32;
    const names = Object.keys(SETS) as (keyof typeof SETS)[];
    const included = names.filter((name) => !input[name]).map((name) => SETS[name]);
    const sets = [...included, ...(input.IncludeSpace ? [" "] : [])]
      .map((set) => [...set].filter((each) => !input.ExcludeCharacters?.includes(each)))
      .filter((set) => set.length > 0);
    if (sets.length === 0) throw invalidParameter("No characters are left to make a password of.");
    const required = (input.RequireEachIncludedType ?? true) ? sets : [];
    if (length < required.length)
      throw invalidParameter("Password length is too short based on the required types.");
    const any = sets.flat();
    const characters = [
      ...required.map(oneOf),
      ...Array.from({ length: length - required.length }, () => oneOf(any)),
    ];
    return { RandomPassword: shuffled(characters).join("") };
  },
};

const oneOf = (set: readonly string[]) => set[randomInt(set.length)]!;

function shuffled(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other]!, characters[last]!];
  }
  return characters;
}
