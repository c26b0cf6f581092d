import { createHmac } from "node:crypto";
import type { WireRequest, ProtocolGuess } from "../../protocol/wire-types.ts";
import { accessKeys, type AccessKey } from "../../services/iam/state.ts";
import type { Principal } from "../../services/service.ts";
import type { Store } from "../../store/store.ts";
import type { FormSignature } from "./form-signature.ts";
import { authError, type AuthFailure } from "./failures.ts";
import { canonicalRequest, EMPTY_SHA256, sameSignature, sha256Hex, Signer } from "./signature.ts";
import { isWhollySigned, signV2, stringToSignV2 } from "./signature-v2.ts";
import { parseBasicTimestamp, type SignedRequest } from "./signed-request.ts";

/** How far a request's time may be from ours: 5 minutes, and 15 for S3, as AWS has it. */
const SKEW_MS = 5 * 60_000;
const S3_SKEW_MS = 15 * 60_000;

/** The account that every key belongs to with `--credentials any`. */
export const ANY_ACCOUNT = "123456789012";

/** Who calls, and the key that chunks of a signed stream are checked with. */
export interface Authenticated {
  readonly principal: Principal;
  /** Absent with `--credentials any`, where nothing is verified, and with Version 2, which signs no chunks. */
  readonly signingKey: Buffer | undefined;
}

/** Checks that a request was signed by a key of this cloud. */
export interface Authenticator {
  /**
   * @param body the whole body; undefined where it is a stream: then `x-amz-content-sha256` stands for it, and the stream
   *   is checked against that as it is read
   * @throws AwsError in the words of the service's protocol
   */
  authenticate(
    request: WireRequest,
    signed: SignedRequest,
    guess: ProtocolGuess,
    body: Buffer | undefined,
  ): Authenticated;
  /** The same for the policy of a form. */
  authenticateForm(signed: FormSignature, guess: ProtocolGuess): Authenticated;
}

/** Accepts requests signed by a key in the store. Signatures' times are compared with `wallNow`, never with a test's clock. */
export class KeyAuthenticator implements Authenticator {
  readonly #store: Store;
  readonly #wallNow: () => number;
  readonly #signer = new Signer();

  constructor(store: Store, wallNow: () => number = Date.now) {
    this.#store = store;
    this.#wallNow = wallNow;
  }

  authenticate(
    request: WireRequest,
    signed: SignedRequest,
    guess: ProtocolGuess,
    body: Buffer | undefined,
  ): Authenticated {
    const fail = (failure: AuthFailure) => authError(failure, guess);
    const key = this.#store.of(accessKeys, "", "").get(signed.accessKeyId);
    if (!key || key.status === "Inactive")
      throw fail({ kind: "unknown-key", accessKeyId: signed.accessKeyId });
    this.#checkToken(key, signed, fail);
    const principal = principalOf(key);
    if (signed.version === 2) {
      this.#checkV2(key.secretAccessKey, signed, request, fail);
      return { principal, signingKey: undefined };
    }
    checkSignedHeaders(request, signed, fail);
    this.#checkTime(signed, fail);
    const canonical = canonicalRequest(
      request.method,
      request.url,
      request.headers,
      signed,
      payloadHash(request, signed, body),
    );
    if (
      !sameSignature(this.#signer.sign(key.secretAccessKey, signed, canonical), signed.signature)
    ) {
      throw fail({
        kind: "mismatch",
        accessKeyId: signed.accessKeyId,
        canonicalRequest: canonical,
      });
    }
    return { principal, signingKey: this.#signer.signingKey(key.secretAccessKey, signed) };
  }

  authenticateForm(signed: FormSignature, guess: ProtocolGuess): Authenticated {
    const fail = (failure: AuthFailure) => authError(failure, guess);
    const { accessKeyId, policy } = signed;
    const key = this.#store.of(accessKeys, "", "").get(accessKeyId);
    if (!key || key.status === "Inactive") throw fail({ kind: "unknown-key", accessKeyId });
    this.#checkToken(key, signed, fail);
    const made =
      signed.version === 2
        ? signV2(key.secretAccessKey, policy)
        : createHmac("sha256", this.#signer.signingKey(key.secretAccessKey, signed))
            .update(policy)
            .digest("hex");
    if (!sameSignature(made, signed.signature))
      throw fail({ kind: "mismatch", accessKeyId, canonicalRequest: policy });
    return { principal: principalOf(key), signingKey: undefined };
  }

  #checkV2(
    secret: string,
    signed: SignedRequest,
    request: WireRequest,
    fail: (failure: AuthFailure) => Error,
  ): void {
    const expires = Number(signed.timestamp) * 1000;
    // A time that cannot be read has passed.
    if (!(expires > this.#wallNow())) throw fail({ kind: "presigned-expired" });
    const stringToSign = stringToSignV2(request, signed.timestamp);
    const isSame = sameSignature(signV2(secret, stringToSign), signed.signature);
    if (!isSame || !isWhollySigned(request.url))
      throw fail({
        kind: "mismatch",
        accessKeyId: signed.accessKeyId,
        canonicalRequest: stringToSign,
      });
  }

  #checkToken(
    key: Readonly<AccessKey>,
    signed: Pick<SignedRequest, "sessionToken">,
    fail: (failure: AuthFailure) => Error,
  ): void {
    if (key.sessionToken !== signed.sessionToken) throw fail({ kind: "token-invalid" });
    if (key.expiresAt !== undefined && key.expiresAt <= this.#wallNow())
      throw fail({ kind: "token-expired" });
  }

  #checkTime(signed: SignedRequest, fail: (failure: AuthFailure) => Error): void {
    const now = this.#wallNow();
    const at = parseBasicTimestamp(signed.timestamp);
    const skewed = { kind: "skewed", timestamp: signed.timestamp, now } as const;
    if (Number.isNaN(at)) throw fail(skewed);
    if (signed.timestamp.slice(0, 8) !== signed.date)
      throw fail({ kind: "scope-date", date: signed.date, timestamp: signed.timestamp });
    const allowed = signed.service === "s3" ? S3_SKEW_MS : SKEW_MS;
    if (signed.expiresSeconds === undefined) {
      if (Math.abs(now - at) > allowed) throw fail(skewed);
    } else {
      if (at - now > allowed) throw fail(skewed);
      if (now > at + signed.expiresSeconds * 1000) throw fail({ kind: "presigned-expired" });
    }
  }
}

/** Accepts every key and signature, as one account: for test-suites pointed at Local AWS. */
export class AnyKeyAuthenticator implements Authenticator {
  authenticate(_request: WireRequest, { accessKeyId }: SignedRequest): Authenticated {
    return anyone(accessKeyId);
  }

  authenticateForm({ accessKeyId }: FormSignature): Authenticated {
    return anyone(accessKeyId);
  }
}

function principalOf(key: Readonly<AccessKey>): Principal {
  const { account, arn, userId, accessKeyId, roleArn, session } = key;
  return { account, arn, userId, accessKeyId, roleArn, session };
}

function anyone(accessKeyId: string): Authenticated {
  return {
    principal: {
      account: ANY_ACCOUNT,
      arn: `arn:aws:iam::${ANY_ACCOUNT}:root`,
      userId: ANY_ACCOUNT,
      accessKeyId,
    },
    signingKey: undefined,
  };
}

/**
 * `Host`, the time, and whatever begins with `X-Amz-` have to be signed, or anyone on the way could exchange them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 */
function checkSignedHeaders(
  { headers }: WireRequest,
  { signedHeaders, expiresSeconds }: SignedRequest,
  fail: (failure: AuthFailure) => Error,
): void {
  const needed = Object.keys(headers).filter((name) => name.startsWith("x-amz-"));
  if (expiresSeconds === undefined && !("x-amz-date" in headers)) needed.push("date");
  const unsigned = ["host", ...needed].filter((name) => !signedHeaders.includes(name));
  if (unsigned.length > 0) throw fail({ kind: "unsigned", headers: unsigned });
}

function payloadHash(
  request: WireRequest,
  signed: SignedRequest,
  body: Buffer | undefined,
): string {
  const stated = request.headers["x-amz-content-sha256"];
  if (signed.service === "s3") {
    // A stated hash is compared with the body while it is read; what was signed is the statement.
    return stated ?? "UNSIGNED-PAYLOAD";
  }
  if (body === undefined || body.length === 0) return EMPTY_SHA256;
  return sha256Hex(body);
}
