import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from "jose";

/** Somebody who vouches for others, on loopback. */
export interface TestIssuer {
  readonly url: string;
  /** What is answered instead of the documents, by path: status, headers, body. */
  readonly instead: Map<string, readonly [number, Record<string, string>, string]>;
  /** Paths that were asked for. */
  readonly asked: string[];
  /** A token of what `claims` say beside who signs it, for whom and until when; by a key that is not published with `forged`. */
  sign(claims?: JWTPayload, by?: "RS256" | "ES256" | "forged"): Promise<string>;
  stop(): Promise<void>;
}

export const DISCOVERY = "/.well-known/openid-configuration";

/**
 * Starts an issuer with an RSA and an EC key.
 * @param tls the key and the certificate of `localhost`, in PEM; without them it is reached by http
 */
export async function startIssuer(tls?: {
  readonly key: string;
  readonly cert: string;
}): Promise<TestIssuer> {
  const keys = {
    RS256: await generateKeyPair("RS256", { extractable: true }),
    ES256: await generateKeyPair("ES256", { extractable: true }),
    forged: await generateKeyPair("ES256"),
  };
  const published = [
    { ...(await exportJWK(keys.RS256.publicKey)), kid: "RS256", alg: "RS256", use: "sig" },
    { ...(await exportJWK(keys.ES256.publicKey)), kid: "ES256", alg: "ES256", use: "sig" },
  ];
  const instead: TestIssuer["instead"] = new Map();
  const asked: string[] = [];
  const listener: RequestListener = ({ url: path = "" }, answer) => {
    asked.push(path);
    const documents: Record<string, object> = {
      [DISCOVERY]: { issuer: url, jwks_uri: `${url}/keys` },
      "/keys": { keys: published },
    };
    const [status, headers, body] = instead.get(path) ?? [200, {}, JSON.stringify(documents[path])];
    answer.writeHead(status, headers).end(body);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  return {
    url,
    instead,
    asked,
    sign(claims = {}, by = "RS256") {
      const now = Math.floor(Date.now() / 1000);
      const usual = {
        iss: url,
        sub: "repo:octo/app:ref:refs/heads/main",
        aud: "sts.amazonaws.com",
      };
      const header = by === "forged" ? { alg: "ES256", kid: "ES256" } : { alg: by, kid: by };
      return new SignJWT({ ...usual, iat: now, exp: now + 300, ...claims })
        .setProtectedHeader(header)
        .sign(keys[by].privateKey);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
