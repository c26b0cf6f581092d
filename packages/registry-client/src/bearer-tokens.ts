import { basicHeader, whoFetches, type RegistryCredentials } from "./registry-credentials.ts";
import { RegistryFault } from "./registry-fault.ts";

/** What a registry says with its 401: where a token is had, and for what. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Where a token says no time: https://distribution.github.io/distribution/spec/auth/token/#token-response-fields */
const DEFAULT_SECONDS = 60;
/** A token is not used in its last seconds. */
const MARGIN_MS = 10_000;

type Send = (url: URL, headers: Readonly<Record<string, string>>) => Promise<Response>;

/** What a token is for, and who has it. */
export interface TokenOwner {
  /** Of the API. */
  readonly base: string;
  readonly scope: string;
  /** Undefined for who reads as everyone may. */
  readonly credentials: RegistryCredentials | undefined;
}

/**
 * Tokens of registries: asked for anonymously or with a password, and kept for as long as they are good.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export class BearerTokens {
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly token: string; readonly until: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Undefined where none is kept. */
  known(owner: TokenOwner): string | undefined {
    const kept = this.#kept.get(keyOf(owner));
    return kept !== undefined && kept.until > this.#now() ? kept.token : undefined;
  }

  forget(owner: TokenOwner): void {
    this.#kept.delete(keyOf(owner));
  }

  /** Asks for a token as the challenge says. @throws RegistryFault where none is given */
  async ask(owner: TokenOwner, challenge: Challenge, send: Send): Promise<string> {
    const { scope, credentials } = owner;
    const { realm = "", service } = challenge.parameters;
    const url = URL.parse(realm);
    if (url === null || !/^https?:$/.test(url.protocol))
      throw new RegistryFault(
        `failed to authorize: failed to parse realm from auth challenge: ${JSON.stringify(realm)}`,
      );
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", challenge.parameters["scope"] ?? scope);
    const response = await send(
      url,
      credentials ? { authorization: basicHeader(credentials) } : {},
    );
    const what = credentials ? "oauth token" : "anonymous token";
    const failed = `failed to authorize: failed to fetch ${what}`;
    if (!response.ok) {
      await response.body?.cancel();
      throw new RegistryFault(
        `${failed}: unexpected status from GET request to ${url.href}: ${response.status} ${response.statusText}`,
        { isPassing: response.status === 429 || response.status >= 500 },
      );
    }
    const told = await tokenOf(response, `${failed}: no token in the answer`);
    const seconds = told.expires_in ?? DEFAULT_SECONDS;
    const until = this.#now() + seconds * 1000 - MARGIN_MS;
    this.#kept.set(keyOf(owner), { token: told.token, until });
    return told.token;
  }
}

const keyOf = ({ base, scope, credentials }: TokenOwner) =>
  `${base} ${scope} ${whoFetches(credentials)}`;

/** @param noToken the words for an answer without one */
async function tokenOf(
  response: Response,
  noToken: string,
): Promise<{ token: string; expires_in?: number }> {
  let json: { token?: unknown; access_token?: unknown; expires_in?: unknown };
  try {
    json = (await response.json()) as typeof json;
  } catch (cause) {
    throw new RegistryFault(noToken, { cause });
  }
  const token = json.token ?? json.access_token;
  if (typeof token !== "string" || token === "") throw new RegistryFault(noToken);
  const { expires_in } = json;
  return { token, ...(typeof expires_in === "number" && { expires_in }) };
}

/** Reads `WWW-Authenticate`; undefined where there is no challenge in it. https://www.rfc-editor.org/rfc/rfc9110#name-www-authenticate */
export function parseChallenge(header: string | null): Challenge | undefined {
  const [, scheme = "", rest = ""] = /^\s*([\w-]+)\s*(.*)$/s.exec(header ?? "") ?? [];
  if (scheme === "") return undefined;
  const parameters: Record<string, string> = {};
  for (const [, name = "", quoted, bare] of rest.matchAll(
    /([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/g,
  ))
    parameters[name.toLowerCase()] = quoted ?? bare ?? "";
  return { scheme: scheme.toLowerCase(), parameters };
}
