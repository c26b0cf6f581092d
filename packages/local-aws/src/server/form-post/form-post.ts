import { pipeline, type Readable, Transform } from "node:stream";
import { AwsError } from "../../protocol/aws-error.ts";
import { pathWithBucket } from "../../protocol/s3-address.ts";
import type { WireRequest, WireResponse } from "../../protocol/wire-types.ts";
import { escapeXml } from "../../protocol/xml-writer.ts";
import { readFormSignature, type FormSignature } from "../auth/form-signature.ts";
import { boundaryOf, readForm } from "./form-body.ts";

/** An upload by an HTML form, as the `PutObject` that it comes to. */
export interface FormPost {
  readonly signature: FormSignature;
  /** Checks the policy; to be called once the signature is known to be right. */
  accept(now: number): WireRequest;
  /** The answer that the form asks for, from that of `PutObject`. */
  answer(put: WireResponse): WireResponse;
}

/** Fields that are headers of objects by the same name. */
const HEADERS =
  /^(?:cache-control|content-type|content-disposition|content-encoding|content-language|expires|x-amz-(?!algorithm|credential|date|signature|security-token).*)$/;

/** Whether a request is an upload by an HTML form: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
export function isFormPost({ method, url, headers }: WireRequest): boolean {
  return (
    method === "POST" && !url.includes("?") && boundaryOf(headers["content-type"]) !== undefined
  );
}

/** Reads a form up to its file. @throws AwsError */
export async function readFormPost(request: WireRequest, body: Readable): Promise<FormPost> {
  const path = pathWithBucket(request.url, request.headers["host"] ?? "");
  const bucket = decodeURIComponent(path.slice(1));
  if (bucket === "" || bucket.includes("/")) {
    const message = "The specified method is not allowed against this resource.";
    throw new AwsError("MethodNotAllowed", message, { status: 405 });
  }
  const form = await readForm(body, boundaryOf(request.headers["content-type"])!);
  const { fields, file } = form;
  const key = fields.get("key")?.replaceAll("${filename}", form.fileName);
  if (!key) {
    const message =
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.";
    const facts = { ArgumentName: "key", ArgumentValue: "" };
    throw new AwsError("InvalidArgument", message, { status: 400, fields: facts });
  }
  const signature = readFormSignature(fields);
  const url = `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  return {
    signature,
    accept(now) {
      const facts = new Map([...fields, ["bucket", bucket], ["key", key]]);
      const range = checkPolicy(signature.policy, facts, now);
      // Whoever reads the body learns of what is wrong with it.
      const checked = range ? pipeline(file, new SizeCheck(range), () => {}) : file;
      return { method: "PUT", url, headers: headersOf(fields), body: checked };
    },
    answer: (put) =>
      put.status >= 300
        ? put
        : answerForm(fields, put, { bucket, key, url: `http://${request.headers["host"]}${url}` }),
  };
}

function headersOf(fields: ReadonlyMap<string, string>): Record<string, string> {
  const headers: Record<string, string> = { host: "127.0.0.1" };
  for (const [name, value] of fields) if (HEADERS.test(name)) headers[name] = value;
  const acl = fields.get("acl");
  if (acl !== undefined) headers["x-amz-acl"] = acl;
  const tagging = fields.get("tagging");
  if (tagging !== undefined) headers["x-amz-tagging"] = tagsAsQuery(tagging);
  return headers;
}

/** A form has tags as a document, a header as a query. */
function tagsAsQuery(document: string): string {
  const query = new URLSearchParams();
  const tag = /<Tag>\s*<Key>([^<]*)<\/Key>\s*<Value>([^<]*)<\/Value>\s*<\/Tag>/g;
  for (const [, key = "", value = ""] of document.matchAll(tag)) query.append(key, value);
  return query.toString();
}

function answerForm(
  fields: ReadonlyMap<string, string>,
  put: WireResponse,
  { bucket, key, url }: { bucket: string; key: string; url: string },
): WireResponse {
  const headers: Record<string, string> = { ...put.headers, location: url };
  delete headers["content-type"];
  const etag = headers["etag"] ?? "";
  const redirect = fields.get("success_action_redirect") ?? fields.get("redirect");
  const body = Buffer.alloc(0);
  if (redirect && URL.canParse(redirect)) {
    const target = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket, key, etag }))
      target.searchParams.set(name, value);
    return {
      status: 303,
      headers: { ...headers, location: target.href, "content-length": "0" },
      body,
    };
  }
  const status = fields.get("success_action_status");
  if (status === "200")
    return { status: 200, headers: { ...headers, "content-length": "0" }, body };
  if (status !== "201") {
    delete headers["content-length"];
    return { status: 204, headers, body };
  }
  const facts = { Location: url, Bucket: bucket, Key: key, ETag: etag };
  const elements = Object.entries(facts).map(
    ([name, text]) => `<${name}>${escapeXml(text)}</${name}>`,
  );
  const document = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>${elements.join("")}</PostResponse>`,
  );
  headers["content-type"] = "application/xml";
  headers["content-length"] = String(document.length);
  return { status: 201, headers, body: document };
}

/** How many bytes a policy lets a file have. */
interface SizeRange {
  readonly min: number;
  readonly max: number;
}

type Condition = readonly unknown[] | Readonly<Record<string, unknown>>;

/** Fields that a policy need not speak of. */
const FREE = /^(?:awsaccesskeyid|signature|x-amz-signature|policy|file|x-ignore-.*)$/;

/**
 * Checks the fields of a form, `bucket` among them, against its policy.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 * @returns the sizes that the file may have
 * @throws AwsError `InvalidPolicyDocument`, or `AccessDenied` where the policy is over or a field is not as it says
 */
function checkPolicy(
  encoded: string,
  fields: ReadonlyMap<string, string>,
  now: number,
): SizeRange | undefined {
  const { expiration, conditions } = parsePolicy(encoded);
  if (!(expiration > now)) throw denied("Policy expired.");
  const spokenOf = new Set<string>();
  let range: SizeRange | undefined;
  for (const condition of conditions) {
    const [kind, name, value] = readCondition(condition);
    if (kind === "content-length-range") {
      range = { min: Number(name), max: Number(value) };
      if (!Number.isInteger(range.min) || !Number.isInteger(range.max))
        throw invalid("Invalid content-length-range");
      continue;
    }
    const field = name.replace(/^\$/, "").toLowerCase();
    spokenOf.add(field);
    const sent = fields.get(field) ?? "";
    const holds = kind === "eq" ? sent === value : sent.startsWith(value);
    if (!holds)
      throw denied(`Policy Condition failed: ${JSON.stringify([kind, `$${field}`, value])}`);
  }
  const extra = [...fields.keys()].filter((field) => !spokenOf.has(field) && !FREE.test(field));
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(", ")}`);
  return range;
}

function parsePolicy(encoded: string): { expiration: number; conditions: readonly Condition[] } {
  let policy: unknown;
  try {
    policy = JSON.parse(Buffer.from(encoded, "base64").toString());
  } catch {
    throw invalid("Invalid JSON.");
  }
  const { expiration, conditions } = (policy ?? {}) as Record<string, unknown>;
  if (typeof expiration !== "string") throw invalid("Policy missing expiration.");
  const time = Date.parse(expiration);
  if (Number.isNaN(time)) throw invalid(`Invalid 'expiration' value: '${expiration}'`);
  if (!Array.isArray(conditions)) throw invalid("Policy missing conditions.");
  return { expiration: time, conditions: conditions as Condition[] };
}

function readCondition(condition: Condition): readonly [kind: string, name: string, value: string] {
  if (Array.isArray(condition)) {
    const [kind, name, value] = (condition as readonly unknown[]).map(String);
    const isKnown = /^(?:eq|starts-with|content-length-range)$/i.test(kind ?? "");
    if (condition.length === 3 && isKnown) return [kind!.toLowerCase(), name!, value!];
    throw invalid("Invalid Condition: there are eq, starts-with and content-length-range.");
  }
  const entries = Object.entries((condition ?? {}) as Record<string, unknown>);
  const [entry] = entries;
  if (entry && entries.length === 1) return ["eq", entry[0], String(entry[1])];
  throw invalid(
    "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
  );
}

/** Lets bytes pass, and fails with AwsError `EntityTooLarge` or `EntityTooSmall` where they are not as many as they may be. */
class SizeCheck extends Transform {
  readonly #range: SizeRange;
  #size = 0;

  constructor(range: SizeRange) {
    super();
    this.#range = range;
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: Error | null, chunk?: Buffer) => void,
  ): void {
    this.#size += chunk.length;
    const { max } = this.#range;
    if (this.#size <= max) return done(null, chunk);
    const fields = { ProposedSize: String(this.#size), MaxSizeAllowed: String(max) };
    const message = "Your proposed upload exceeds the maximum allowed size";
    done(new AwsError("EntityTooLarge", message, { status: 400, fields }));
  }

  override _flush(done: (error?: Error | null) => void): void {
    const { min } = this.#range;
    if (this.#size >= min) return done();
    const fields = { ProposedSize: String(this.#size), MinSizeAllowed: String(min) };
    const message = "Your proposed upload is smaller than the minimum allowed size";
    done(new AwsError("EntityTooSmall", message, { status: 400, fields }));
  }
}

function denied(reason: string): AwsError {
  return new AwsError("AccessDenied", `Invalid according to Policy: ${reason}`, { status: 403 });
}

function invalid(reason: string): AwsError {
  return new AwsError("InvalidPolicyDocument", `Invalid Policy: ${reason}`, { status: 400 });
}
