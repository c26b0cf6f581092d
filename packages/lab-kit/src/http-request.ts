import { Agent, request as httpRequest } from "node:http";

/** A request to a load balancer. */
export interface HttpQuestion {
  /** The load balancer's own DNS name; it is what `Host` says. */
  readonly dnsName: string;
  /** The listener's port. */
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds to wait for the whole answer. 10,000 unless told. */
  readonly timeoutMs?: number;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Where a listener is really reached: the name itself on AWS, an address of this machine locally. */
export type EffectiveAddress = (
  dnsName: string,
  port: number,
) => Promise<{ host: string; port: number }>;

/** No answer came; `code` is `ETIMEDOUT` when nothing came in time, else the system's, e.g. `ECONNREFUSED`. */
export class HttpRequestError extends Error {
  override readonly name = "HttpRequestError";
  readonly code: string;

  constructor(url: string, code: string, options?: ErrorOptions) {
    super(`GET ${url}: ${code}`, options);
    this.code = code;
  }
}

const TIMEOUT_MS = 10_000;

/**
 * Makes the function that checks send requests with.
 *
 * @param effectiveAddress left out, a listener is reached by the load balancer's name
 */
export function createRequester(
  effectiveAddress: EffectiveAddress = async (host, port) => ({ host, port }),
): (question: HttpQuestion) => Promise<HttpAnswer> {
  return async (question) => {
    const address = await effectiveAddress(question.dnsName, question.port);
    return send(question, address);
  };
}

function send(
  question: HttpQuestion,
  address: { host: string; port: number },
): Promise<HttpAnswer> {
  const { dnsName, port, path, headers, timeoutMs = TIMEOUT_MS } = question;
  // https://www.rfc-editor.org/rfc/rfc9110#section-7.2: the default port is left out.
  const authority = port === 80 ? dnsName : `${dnsName}:${port}`;
  const url = `http://${authority}${path}`;
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const signal = AbortSignal.timeout(timeoutMs);
  const fail = (error: NodeJS.ErrnoException) => {
    const code = signal.aborted ? "ETIMEDOUT" : (error.code ?? error.message);
    reject(new HttpRequestError(url, code, { cause: error }));
  };
  const request = httpRequest(
    {
      ...address,
      path,
      headers: { ...headers, host: authority },
      agent: new Agent({ keepAlive: false }),
      signal,
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers });
      });
    },
  );
  request.on("error", fail);
  request.end();
  return promise;
}
