import { AwsClient } from "aws4fetch";

/** What AWS refused, by the name of its error. */
export class AwsCallError extends Error {
  override readonly name = "AwsCallError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  readonly Expiration: string;
}

/** Credentials are fetched anew so long before they end. */
const EARLY_MS = 5 * 60_000;

/** Calls services of AWS as the task's role, whose credentials the container is given by ECS. */
export class AwsCalls {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #client: AwsClient | undefined;
  #until = 0;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  /** An endpoint of the configuration's, of the environment's, or AWS's own. */
  endpoint(service: string, region: string, given: string | undefined): string {
    const { AWS_ENDPOINT_URL } = this.#environment;
    const own =
      given === undefined ? undefined : given.includes("://") ? given : `https://${given}`;
    return (own ?? AWS_ENDPOINT_URL ?? `https://${service}.${region}.amazonaws.com`).replace(
      /\/$/,
      "",
    );
  }

  /** @throws AwsCallError; an error of the network */
  async send(
    url: string,
    request: {
      readonly method: string;
      readonly headers: Record<string, string>;
      readonly body: string | Uint8Array;
    },
    place: { readonly service: string; readonly region: string },
  ): Promise<string> {
    const client = await this.#signer(place.service);
    const body = request.body as RequestInit["body"];
    const signed = await client.sign(url, { ...request, body, aws: place });
    const answer = await fetch(signed);
    const text = await answer.text();
    if (answer.ok) return text;
    throw toError(answer, text);
  }

  /** @throws Error where the container has no role, in Fluent Bit's words */
  async #signer(service: string): Promise<AwsClient> {
    if (this.#client && Date.now() < this.#until) return this.#client;
    const env = this.#environment;
    const accessKeyId = env["AWS_ACCESS_KEY_ID"];
    if (accessKeyId !== undefined) {
      this.#until = Infinity;
      this.#client = new AwsClient({
        accessKeyId,
        secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
        ...(env["AWS_SESSION_TOKEN"] && { sessionToken: env["AWS_SESSION_TOKEN"] }),
        retries: 0,
      });
      return this.#client;
    }
    const relative = env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];
    const from = relative
      ? `http://169.254.170.2${relative}`
      : env["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    if (!from) throw new Error(`[signv4] Provider returned no credentials, service=${service}`);
    const answer = await fetch(from);
    if (!answer.ok)
      throw new Error(`[signv4] Provider returned no credentials, service=${service}`);
    const given = (await answer.json()) as Credentials;
    this.#until = Date.parse(given.Expiration) - EARLY_MS;
    this.#client = new AwsClient({
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.Token,
      retries: 0,
    });
    return this.#client;
  }
}

function toError({ status }: Response, text: string): AwsCallError {
  const ofXml = (element: string) => new RegExp(`<${element}>([^<]*)</${element}>`).exec(text)?.[1];
  if (text.startsWith("<"))
    return new AwsCallError(ofXml("Code") ?? String(status), status, ofXml("Message") ?? "");
  try {
    const { __type = "", message, Message } = JSON.parse(text) as Record<string, string>;
    return new AwsCallError(__type.replace(/^.*#/, ""), status, message ?? Message ?? "");
  } catch {
    return new AwsCallError(String(status), status, text.slice(0, 200));
  }
}
