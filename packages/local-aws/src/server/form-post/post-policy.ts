import { Transform } from "node:stream";
import { AwsError } from "../../protocol/aws-error.ts";

/** How many bytes a policy lets a file have. */
export interface SizeRange {
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
export function checkPolicy(
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
export class SizeCheck extends Transform {
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
