import type { IncomingMessage } from "node:http";

/** Why a request is not even looked at. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const LOOPBACK_NAME = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost|(?:[a-z0-9_.-]+\.)?localhost)$/i;

/**
 * Keeps web pages out. A page that a learner has open anywhere must not be able to start a process here, so a request
 * is refused when it was addressed to a name that is not ours (DNS rebinding), or when a browser says that another
 * site caused it.
 * @param hosts names and addresses beside loopback that this server was told to answer for
 * @returns undefined where the request may go on
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function refuse(
  { headers, rawHeaders }: Pick<IncomingMessage, "headers" | "rawHeaders">,
  hosts: ReadonlySet<string>,
): Refusal | undefined {
  // RFC 9112 section 3.2: Node takes the first of two, and another on the way might take the last.
  const isHost = (name: string, at: number) => at % 2 === 0 && name.toLowerCase() === "host";
  if (rawHeaders.filter(isHost).length > 1)
    return { status: 400, code: "BadRequest", message: "The header Host was sent more than once." };
  const host = headers.host;
  const name = host?.replace(/:\d+$/, "");
  if (!name || !(LOOPBACK_NAME.test(name) || hosts.has(name.toLowerCase()))) {
    return {
      status: 421,
      code: "MisdirectedRequest",
      message: `Local AWS does not answer for the host ${JSON.stringify(host ?? "")}: use 127.0.0.1 or localhost.`,
    };
  }
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    return crossSite(
      `a browser says that another site caused this request (Sec-Fetch-Site: ${String(site)})`,
    );
  }
  const origin = headers.origin;
  if (origin !== undefined && origin !== `http://${host}`) {
    return crossSite(`the request comes from the page ${JSON.stringify(origin)}`);
  }
  return undefined;
}

function crossSite(reason: string): Refusal {
  return {
    status: 403,
    code: "CrossSiteRequest",
    message: `Local AWS answers no web page but its own: ${reason}.`,
  };
}
