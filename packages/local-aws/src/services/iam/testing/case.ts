import type { Actor, Wanted } from "./actors.ts";
import type { Call } from "./calls.ts";

/** What somebody with these statements may do, or the action that it lacks. */
export type Case = readonly [
  name: string,
  statements: readonly object[],
  call: Call,
  lacks?: string | undefined,
  wanted?: Wanted,
];

/** A statement's `Condition`. */
export const when = (operator: string, key: string, value: unknown) => ({
  Condition: { [operator]: { [key]: value } },
});

/** The action that is missing; undefined where the call is let in, whatever becomes of it then. */
export async function missing(call: Call, as: Actor): Promise<string | undefined> {
  try {
    await call(as);
    return undefined;
  } catch (error) {
    const { name, message } = error as Error;
    if (!/^(?:AccessDenied(?:Exception)?|UnauthorizedOperation)$/.test(name)) return undefined;
    return /not authorized to perform: (\S+)/.exec(message)?.[1] ?? message;
  }
}
