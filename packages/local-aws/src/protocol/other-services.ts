import { readFileSync } from "node:fs";
import { AwsError } from "./aws-error.ts";
import { SUPPORT_MATRIX } from "./support-matrix.ts";
import type { Protocol, WireRequest } from "./wire-types.ts";

/** How a service is recognised: the name it signs for, its protocol, `X-Amz-Target`'s prefix, its API version. */
type Row = readonly [signingName: string, protocol: Protocol, target: string, version: string];
type Route = readonly [method: string, path: string, operation: string];

/** A call to a service of AWS that Local AWS has no model of. */
export interface OtherCall {
  /** Its id, as the AWS CLI has it; the name it is signed for where it is none of AWS's. */
  readonly service: string;
  readonly protocol: Protocol;
  /** Undefined where the request does not tell. */
  readonly operation: string | undefined;
}

const RPC_PATH = /\/service\/([^/]+)\/operation\/([^/?]+)/;
/** S3's control plane signs for `s3`: https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListAccessPoints.html */
const S3_CONTROL_PATH = "/v20180820/";

/** All of AWS's services but those that are modelled, so that a call to one of them is answered by name. */
export class OtherServices {
  #rows: ReadonlyMap<string, Row> | undefined;
  #routes: Readonly<Record<string, readonly Route[]>> | undefined;

  /**
   * Recognises a call by its target, its path, or the name that it was signed for.
   * @param form the parsed body, where it is a form
   */
  find(
    { method, url, headers }: WireRequest,
    signingName: string | undefined,
    form: ReadonlyMap<string, string> | undefined,
  ): OtherCall | undefined {
    const target = headers["x-amz-target"];
    if (target !== undefined) return this.#byTarget(target, headers["content-type"] ?? "");
    const rpc = RPC_PATH.exec(url);
    if (headers["smithy-protocol"] === "rpc-v2-cbor" && rpc)
      return this.#byRpcPath(rpc[1]!, rpc[2]!, signingName);
    if (signingName === undefined) return undefined;
    const path = url.split("?", 1)[0]!;
    const mine = [...this.#all()].filter(([, [name]]) => name === signingName);
    const isForm =
      headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
    if (isForm || form?.has("Action")) return byForm(mine, signingName, form);
    return this.#byRoute(mine, signingName, method, path);
  }

  /** Whether a service that is signed for `signingName` has this API version. */
  hasVersion(signingName: string, version: string): boolean {
    return [...this.#all().values()].some((row) => row[0] === signingName && row[3] === version);
  }

  /** Whether a request that is signed for S3 is for its control plane. */
  isS3Control({ url, headers }: WireRequest): boolean {
    return url.startsWith(S3_CONTROL_PATH) && headers["x-amz-account-id"] !== undefined;
  }

  #byTarget(target: string, contentType: string): OtherCall | undefined {
    const dot = target.lastIndexOf(".");
    const prefix = target.slice(0, Math.max(dot, 0));
    const found = [...this.#all()].find(([, row]) => row[2] !== "" && row[2] === prefix);
    const protocol = contentType.includes("x-amz-json-1.0") ? "awsJson1.0" : "awsJson1.1";
    return found && { service: found[0], protocol, operation: target.slice(dot + 1) };
  }

  #byRpcPath(
    name: string,
    operation: string,
    signingName: string | undefined,
  ): OtherCall | undefined {
    const found = [...this.#all()].find(([, row]) => row[2] === name || row[0] === signingName);
    return found && { service: found[0], protocol: "rpc-v2-cbor", operation };
  }

  #byRoute(
    mine: readonly (readonly [string, Row])[],
    signingName: string,
    method: string,
    path: string,
  ): OtherCall {
    let best: { call: OtherCall; literals: number } | undefined;
    for (const [service, [, protocol]] of mine)
      for (const [verb, template, operation] of this.#routesOf(service)) {
        const literals = verb === method ? matchTemplate(template, path) : undefined;
        if (literals !== undefined && literals > (best?.literals ?? -1))
          best = { call: { service, protocol, operation }, literals };
      }
    if (best) return best.call;
    const [service, row] = mine[0] ?? [signingName, undefined];
    return { service, protocol: row?.[1] ?? "restJson", operation: undefined };
  }

  #all(): ReadonlyMap<string, Row> {
    this.#rows ??= new Map(Object.entries(readModel<Record<string, Row>>("other-services")));
    return this.#rows;
  }

  #routesOf(service: string): readonly Route[] {
    this.#routes ??= readModel<Record<string, readonly Route[]>>("other-routes");
    return this.#routes[service] ?? [];
  }
}

function byForm(
  mine: readonly (readonly [string, Row])[],
  signingName: string,
  form: ReadonlyMap<string, string> | undefined,
): OtherCall {
  const version = form?.get("Version");
  // Amazon RDS shares its name and version with services that were made of it.
  const found =
    mine.find(([service, row]) => row[3] === version && service === row[0]) ??
    mine.find(([, row]) => row[3] === version) ??
    mine[0];
  return { service: found?.[0] ?? signingName, protocol: "query", operation: form?.get("Action") };
}

/** How many parts of a path's template are literal, where the path fits it. */
function matchTemplate(template: string, path: string): number | undefined {
  const wanted = template.split("/").filter((part) => part !== "");
  const parts = path.split("/").filter((part) => part !== "");
  const isGreedy = wanted.at(-1)?.endsWith("+}") ?? false;
  if (isGreedy ? parts.length < wanted.length : parts.length !== wanted.length) return undefined;
  let literals = 0;
  for (const [at, part] of wanted.entries()) {
    if (part.startsWith("{")) continue;
    if (part !== parts[at]) return undefined;
    literals++;
  }
  return literals;
}

function readModel<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../models/${name}.json`, import.meta.url), "utf8")) as T;
}

/** The answer to a call of a service that Local AWS does not have. */
export function serviceNotImplemented({ service, operation }: OtherCall): AwsError {
  const what = operation === undefined ? `the service ${service}` : `${service}:${operation}`;
  const message = `${what} is not implemented by Local AWS. What is: ${SUPPORT_MATRIX}`;
  return new AwsError("NotImplemented", message, { status: 501 });
}
