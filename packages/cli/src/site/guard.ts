import type { IncomingMessage } from "node:http";

/** Why a request is not answered. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const LOOPBACK_NAME = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[a-z0-9_.-]+\.)?localhost)$/i;

/**
 * Keeps other sites away from the cloud behind this server: requests under a name that is not this machine's (DNS
 * rebinding), and those that a browser sends for another site's page and that would change something.
 */
export function refuse({ headers, method }: IncomingMessage): Refusal | undefined {
  const { host = "", origin } = headers;
  if (!LOOPBACK_NAME.test(host.replace(/:\d+$/, "")))
    return {
      status: 421,
      code: "MisdirectedRequest",
      message: `This site does not answer for the host ${JSON.stringify(host)}: use 127.0.0.1 or localhost.`,
    };
  if (method === "GET" || method === "HEAD") return undefined;
  const site = headers["sec-fetch-site"];
  const isForeign =
    (origin !== undefined && origin !== `http://${host}`) ||
    (site !== undefined && site !== "same-origin" && site !== "none");
  if (!isForeign) return undefined;
  return {
    status: 403,
    code: "CrossSiteRequest",
    message: `Only pages of this site may change anything, not ${JSON.stringify(origin ?? site)}.`,
  };
}
