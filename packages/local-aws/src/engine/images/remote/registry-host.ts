import type { Clock } from "../../../clock/clock.ts";
import type { Endpoint } from "./registries.ts";
import { parseChallenge, type BearerTokens } from "./bearer-tokens.ts";
import { failedRequest, RegistryFault } from "./registry-fault.ts";

/** How long a registry may take to begin its answer. */
const ANSWER_MS = 30_000;

export interface RegistryNeeds {
  readonly clock: Clock;
  readonly tokens: BearerTokens;
  readonly signal: AbortSignal;
}

/** Who may have an image. */
export type Host = Pick<RegistryHost, "ask">;

/** One repository at one endpoint: asks, with a token where the registry wants one. Redirects are followed, without the token where they lead elsewhere. */
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
    const response = await this.#askWithToken(method, path, headers);
    if (response.ok) return response;
    throw await this.#refusal(method, path, response);
  }

  async #askWithToken(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const { tokens } = this.#needs;
    const { base, namespace } = this.#endpoint;
    const url = new URL(`${base}/${this.#repository}/${path}`);
    if (namespace !== undefined) url.searchParams.set("ns", namespace);
    const scope = `repository:${this.#repository}:pull`;
    const send = (token: string | undefined) =>
      this.#send(method, url, {
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      });
    const known = tokens.known(base, scope);
    const response = await send(known);
    if (response.status !== 401) return response;
    const challenge = parseChallenge(response.headers.get("www-authenticate"));
    if (challenge?.scheme !== "bearer") return response;
    await response.body?.cancel();
    tokens.forget(base, scope);
    const token = await tokens.ask(base, scope, challenge, (at) => this.#send("GET", at, {}));
    return send(token);
  }

  async #send(
    method: string,
    url: URL,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const { clock, signal } = this.#needs;
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
    const challenge = parseChallenge(response.headers.get("www-authenticate"));
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
    const isPassing = status === 408 || status === 429 || status >= 500;
    const host = new URL(this.#endpoint.base).host;
    const text =
      method === "HEAD"
        ? `pulling from host ${host} failed with status code [${kind} ${name}]: ${state}`
        : `httpReadSeeker: failed open: unexpected status code ${this.#endpoint.base}/${this.#repository}/${path}: ${state}${said}`;
    return new RegistryFault(text, { isPassing });
  }
}

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
