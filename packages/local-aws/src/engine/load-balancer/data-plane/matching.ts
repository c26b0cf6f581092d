import { BlockList, isIP } from "node:net";
import { Glob } from "../../../patterns/glob.ts";
import type { ConditionConfiguration } from "../configuration.ts";
import type { RequestFacts } from "./request-facts.ts";

/** What rules look at. */
export interface Matchable {
  readonly method: string;
  /** Path and query as received. */
  readonly url: string;
  readonly facts: RequestFacts;
  readonly rawHeaders: readonly string[];
  readonly clientAddress: string;
}

export type Matcher = (request: Matchable) => boolean;

/**
 * Compiles a condition. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 * Hosts, header values and query strings compare without regard to case, paths with it. `*` matches any run of
 * characters, `?` exactly one.
 */
export function compileCondition(condition: ConditionConfiguration): Matcher {
  switch (condition.field) {
    case "host-header": {
      const matches = globs(condition.values, true);
      return ({ facts }) => matches(withoutPort(facts.host));
    }
    case "path-pattern": {
      const matches = globs(condition.values, false);
      return ({ url }) => matches(pathOf(url));
    }
    case "http-header": {
      const matches = globs(condition.values, true);
      const name = condition.name.toLowerCase();
      return ({ rawHeaders }) => {
        for (let index = 0; index < rawHeaders.length; index += 2)
          if (rawHeaders[index]!.toLowerCase() === name && matches(rawHeaders[index + 1]!))
            return true;
        return false;
      };
    }
    case "http-request-method": {
      const methods = new Set(condition.values);
      return ({ method }) => methods.has(method);
    }
    case "query-string":
      return queryMatcher(condition.values);
    case "source-ip":
      return addressMatcher(condition.values);
  }
}

/** A backslash takes the meaning from `*`, `?` and itself, in query strings and headers. */
function globs(patterns: readonly string[], ignoreCase: boolean): (text: string) => boolean {
  const compiled = patterns.map(
    (pattern) => new Glob(pattern, { ignoreCase, escapes: "wildcards" }),
  );
  return (text) => compiled.some((glob) => glob.matches(text));
}

function queryMatcher(values: readonly { key?: string; value: string }[]): Matcher {
  const pairs = values.map(({ key, value }) => ({
    key: key === undefined ? undefined : globs([key], true),
    value: globs([value], true),
  }));
  return ({ url }) => {
    const start = url.indexOf("?");
    if (start < 0) return false;
    return url
      .slice(start + 1)
      .split("&")
      .some((part) => {
        const equals = part.indexOf("=");
        const name = equals < 0 ? part : part.slice(0, equals);
        const text = equals < 0 ? "" : part.slice(equals + 1);
        return pairs.some(({ key, value }) => (key === undefined || key(name)) && value(text));
      });
  };
}

function addressMatcher(blocks: readonly string[]): Matcher {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = "", prefix = ""] = block.split("/");
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return ({ clientAddress }) =>
    list.check(clientAddress, isIP(clientAddress) === 6 ? "ipv6" : "ipv4");
}

export function pathOf(url: string): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}

/** `name:8080` → `name`, in lower case, without a trailing dot. */
export function withoutPort(host: string): string {
  const end = /:\d*$/.exec(host);
  const name = end ? host.slice(0, end.index) : host;
  return (name.endsWith(".") ? name.slice(0, -1) : name).toLowerCase();
}
