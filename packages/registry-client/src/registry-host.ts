import type { PullClock } from "./pull-clock.ts";
import type { Fetch } from "./proxied-fetch.ts";
import type { Endpoint } from "./registries.ts";
import { parseChallenge, type BearerTokens, type Challenge } from "./bearer-tokens.ts";
import { basicHeader, type RegistryCredentials } from "./registry-credentials.ts";
import { failedRequest, RegistryFault } from "./registry-fault.ts";

/** How long a registry may take to begin its answer. */
const ANSWER_MS = 30_000;

export interface RegistryNeeds {
  readonly clock: PullClock;
  readonly fetch: Fetch;
  readonly tokens: BearerTokens;
  /** Undefined for who reads as everyone may. They are for the registry and all that its mirrors are: who names one trusts it. */
  readonly credentials: RegistryCredentials | undefined;
  readonly signal: AbortSignal;
}

/** Who may have an image. */
export type Host = Pick<RegistryHost, "ask">;

/** One repository at one endpoint: asks, with a token or a password where the registry wants one. Redirects are followed, without either where they lead elsewhere. */
export class RegistryHost {
  readonly #endpoint: Endpoint;
  readonly #repository: string;
  readonly #needs: RegistryNeeds;

  constructor(endpoint: Endpoint, repository: string, needs: RegistryNeeds) {
    this.#endpoint = endpoint;
    this.#repository = repository;
    this.#needs = needs;
  }

  /**
   * What the registry answers with success.
   * @param path behind the repository's name: `manifests/latest`
   * @throws RegistryFault
   */
  async ask(
    method: "GET" | "HEAD",
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const response = await this.#askAuthorized(method, path, headers);
    if (response.ok) return response;
    throw await this.#refusal(method, path, response);
  }

  async #askAuthorized(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const { tokens, credentials } = this.#needs;
    const { base, namespace } = this.#endpoint;
    const url = new URL(`${base}/${this.#repository}/${path}`);
    if (namespace !== undefined) url.searchParams.set("ns", namespace);
    const scope = `repository:${this.#repository}:pull`;
    const send = (authorization: string | undefined) =>
      this.#send(method, url, {
        ...headers,
        ...(authorization !== undefined && { authorization }),
      });
    const owner = { base, scope, credentials };
    const known = tokens.known(owner);
    const response = await send(known && `Bearer ${known}`);
    if (response.status !== 401) return response;
    const challenge = challengeOf(response);
    if (challenge?.scheme === "basic" && credentials) {
      await response.body?.cancel();
      return send(basicHeader(credentials));
    }
    if (challenge?.scheme !== "bearer") return response;
    await response.body?.cancel();
    tokens.forget(owner);
    const token = await tokens.ask(owner, challenge, (at, sent) => this.#send("GET", at, sent));
    return send(`Bearer ${token}`);
  }

  async #send(
    method: string,
    url: URL,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const { clock, fetch, signal } = this.#needs;
    const late = new AbortController();
    const timer = clock.deadline(ANSWER_MS, () =>
      late.abort(new Error("net/http: timeout awaiting response headers")),
    );
    try {
      return await fetch(url, {
        method,
        headers: { ...headers, "accept-encoding": "identity", "user-agent": "local-aws" },
        signal: AbortSignal.any([signal, late.signal]),
      });
    } catch (error) {
      signal.throwIfAborted();
      throw failedRequest(method, url, error);
    } finally {
      timer.cancel();
    }
  }

  async #refusal(method: string, path: string, response: Response): Promise<RegistryFault> {
    const { status } = response;
    const challenge = challengeOf(response);
    const said = await serverMessage(response);
    const [kind, name] = path.split("/", 2);
    const state = `${status} ${response.statusText}`;
    if (status === 404) return new RegistryFault("not found", { stage: "missing" });
    if (status === 401 && challenge?.scheme === "bearer") {
      const why = challenge.parameters["error"] ?? "insufficient_scope";
      return new RegistryFault(
        `pull access denied, repository does not exist or may require authorization: server message: ${why}: authorization failed`,
      );
    }
    if (status === 401 && challenge?.scheme === "basic" && !this.#needs.credentials)
      return new RegistryFault(
        "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials",
      );
    const isPassing = status === 408 || status === 429 || status >= 500;
    const host = new URL(this.#endpoint.base).host;
    const text =
      method === "HEAD"
        ? `pulling from host ${host} failed with status code [${kind} ${name}]: ${state}`
        : `httpReadSeeker: failed open: unexpected status code ${this.#endpoint.base}/${this.#repository}/${path}: ${state}${said}`;
    return new RegistryFault(text, { isPassing });
  }
}

const challengeOf = (response: Response): Challenge | undefined =>
  parseChallenge(response.headers.get("www-authenticate"));

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
async function serverMessage(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { errors } = JSON.parse(text) as { errors: { code?: string; message?: string }[] };
    const words = errors.map(({ code = "", message = "" }) => `${code.toLowerCase()}: ${message}`);
    return ` - Server message: ${words.join("; ")}`;
  } catch {
    return ""; // A proxy's page, or nothing: the status says it all.
  }
}
