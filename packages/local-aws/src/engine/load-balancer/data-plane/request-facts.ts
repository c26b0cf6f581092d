/** What the load balancer itself reads of a request's headers. */
export interface RequestFacts {
  /** "" where there is none (HTTP/1.0). */
  host: string;
  cookie: string;
  forwardedFor: string;
  trace: string;
  /** -1 where there is none. */
  contentLength: number;
  chunked: boolean;
  upgrade: string;
  /** Header names that `Connection` lists, beside the usual ones; in lower case. */
  connectionNames: readonly string[];
}

const NONE: readonly string[] = [];

/** One pass over Node's raw name–value list; its parser has refused what is malformed. */
export function readFacts(rawHeaders: readonly string[]): RequestFacts {
  const facts: RequestFacts = {
    host: "",
    cookie: "",
    forwardedFor: "",
    trace: "",
    contentLength: -1,
    chunked: false,
    upgrade: "",
    connectionNames: NONE,
  };
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    // Lengths first: most headers are none of these, and lowering a string allocates.
    switch (name.length) {
      case 4:
        if (name.toLowerCase() === "host") facts.host = rawHeaders[index + 1]!;
        break;
      case 6:
        if (name.toLowerCase() === "cookie")
          facts.cookie = joined(facts.cookie, rawHeaders[index + 1]!, "; ");
        break;
      case 7:
        if (name.toLowerCase() === "upgrade") facts.upgrade = rawHeaders[index + 1]!;
        break;
      case 10:
        if (name.toLowerCase() === "connection")
          facts.connectionNames = namesIn(rawHeaders[index + 1]!);
        break;
      case 14:
        if (name.toLowerCase() === "content-length")
          facts.contentLength = Number(rawHeaders[index + 1]);
        break;
      case 15:
        readLong(facts, name.toLowerCase(), rawHeaders[index + 1]!);
        break;
      case 17:
        if (name.toLowerCase() === "transfer-encoding") facts.chunked = true;
        break;
    }
  }
  return facts;
}

function readLong(facts: RequestFacts, name: string, value: string): void {
  if (name === "x-forwarded-for") facts.forwardedFor = joined(facts.forwardedFor, value, ", ");
  else if (name === "x-amzn-trace-id") facts.trace = value;
}

function joined(before: string, value: string, separator: string): string {
  return before === "" ? value : `${before}${separator}${value}`;
}

function namesIn(connection: string): readonly string[] {
  if (connection === "keep-alive" || connection === "close" || connection === "Upgrade")
    return NONE;
  return connection.split(",").map((name) => name.trim().toLowerCase());
}
