import type { Evidence } from "../finding.ts";

/** AWS's names for "you may not": https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const REFUSED = /^(?:AccessDenied|UnauthorizedOperation|AuthorizationError|NotImplemented)/;

/** Asks AWS, and remembers by name what it would not tell. */
export class Reader {
  readonly #refused = new Map<string, Evidence>();

  /** Calls that were refused, each once. */
  get refused(): readonly Evidence[] {
    return [...this.#refused.values()];
  }

  /**
   * What a call answers; `otherwise` where AWS refuses it, or where what it asks for does not exist.
   *
   * @param call as the AWS CLI names it
   * @param absent names of errors that say that there is no such thing
   */
  async ask<T, O>(
    call: string,
    work: () => Promise<T>,
    otherwise: O,
    absent: readonly string[] = [],
  ): Promise<T | O> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (absent.some((name) => error.name.startsWith(name))) return otherwise;
      if (!REFUSED.test(error.name)) throw error;
      this.#refused.set(call, { call, value: error.name });
      return otherwise;
    }
  }
}

/** Pages of a list, one after the other. */
export async function pages<P, T>(
  next: (token: string | undefined) => Promise<P>,
  read: (page: P) => {
    readonly items: readonly T[] | undefined;
    readonly token: string | undefined;
  },
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const page = read(await next(token));
    all.push(...(page.items ?? []));
    token = page.token;
  } while (token !== undefined);
  return all;
}
