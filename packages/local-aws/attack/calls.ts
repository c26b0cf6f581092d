import { Agent, request } from "node:http";
import type { Key } from "../src/server/testing/signed-call.ts";
import { signedRequest, type SignedCall } from "../src/server/testing/signed-call.ts";

const PATIENCE_MS = 60_000;

/** Sends many signed calls over few connections. */
export class Caller {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #endpoint: string;
  readonly #key: Key;

  constructor({ endpoint, key }: { readonly endpoint: string; readonly key: Key }) {
    this.#endpoint = endpoint;
    this.#key = key;
  }

  /** The status and the length of the answer; status 0 where there is none. */
  send(call: SignedCall): Promise<{ status: number; body: string }> {
    const { method, path, headers, body } = signedRequest(this.#endpoint, this.#key, call);
    const { hostname, port } = new URL(this.#endpoint);
    return new Promise((resolve) => {
      const length = { "content-length": String(Buffer.byteLength(body)) };
      const options = { agent: this.#agent, hostname, port, method, path, timeout: PATIENCE_MS };
      const sent = request({ ...options, headers: { ...headers, ...length } }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("close", () => resolve({ status: response.statusCode!, body: text }));
      });
      sent.on("timeout", () => sent.destroy());
      sent.on("error", () => resolve({ status: 0, body: "" }));
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
