import {
  createLocalJWKSet,
  decodeJwt,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
} from "jose";
import type { FetchedJson } from "../../ground/fetch-json.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import { isTrustworthy, providerArn, shownUrl } from "../iam/oidc-providers.ts";
import { oidcProviders, type OidcProvider } from "../iam/state.ts";
import type { CallContext } from "../service.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html#manage-oidc-provider-prerequisites */
const ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];
/** What each identity token has: https://openid.net/specs/openid-connect-core-1_0.html#IDToken */
const NEEDED_CLAIMS = ["sub", "aud", "exp", "iat"];

/** Who somebody is, as an issuer that the account trusts says. */
export interface ProvenIdentity {
  readonly provider: Readonly<OidcProvider>;
  readonly subject: string;
  readonly audience: string;
  readonly claims: JWTPayload;
}

const invalid = (message: string, cause?: unknown) =>
  new AwsError("InvalidIdentityToken", message, { status: 400, cause });

const noToken = (cause: unknown) =>
  invalid(
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    cause,
  );
const noKey = (cause: unknown) =>
  invalid(
    "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
    cause,
  );

/**
 * Reads a token and holds it to the keys of the issuer that it names, which has to be a provider of the account. Its times are
 * compared with the wall's: others, who know nothing of a cloud's clock, have signed them.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 * @throws AwsError `InvalidIdentityToken`, `ExpiredTokenException`, `IDPCommunicationError`
 */
export async function proveIdentity(
  token: string,
  account: string,
  context: Pick<CallContext, "cloud" | "fetchJson">,
): Promise<ProvenIdentity> {
  const { iss: issuer } = readClaims(token);
  if (issuer === undefined) throw missing("iss");
  const place = typeof issuer === "string" ? URL.parse(issuer) : undefined;
  if (!place || !isTrustworthy(place)) throw invalid("Issuer must be a valid URL");
  const arn = providerArn(account, issuer);
  const provider = context.cloud.of(oidcProviders, account, "").get(arn);
  if (provider?.url !== shownUrl(issuer))
    throw invalid(`No OpenIDConnect provider found in your account for ${issuer}`);
  const claims = await verify(token, await keysOf(issuer, context));
  const lacking = NEEDED_CLAIMS.find((name) => claims[name] === undefined);
  if (lacking !== undefined) throw missing(lacking);
  if (typeof claims.sub !== "string") throw noToken(new Error("its subject is no text"));
  // Whom a token was made for stands in `azp` where its audience is somebody else.
  const audiences = [claims["azp"] ?? claims.aud!].flat();
  const audience = audiences.find((id) => provider.clientIds.includes(id as string));
  if (audience === undefined) throw invalid("Incorrect token audience");
  return { provider, subject: claims.sub, audience: audience as string, claims };
}

const missing = (claim: string) => invalid(`Missing a required claim: ${claim}`);

function readClaims(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch (cause) {
    throw noToken(cause);
  }
}

async function verify(token: string, keys: JSONWebKeySet): Promise<JWTPayload> {
  const currentDate = new Date();
  try {
    const options = { algorithms: ALGORITHMS, currentDate };
    return (await jwtVerify(token, createLocalJWKSet(keys), options)).payload;
  } catch (cause) {
    throw refused(cause, Math.floor(currentDate.getTime() / 1000));
  }
}

/** What is wrong with a token, in STS's words. @param now seconds since 1970 */
function refused(cause: unknown, now: number): AwsError {
  if (cause instanceof errors.JWTExpired) {
    const message = `Token expired: current date/time ${now} must be before the expiration date/time ${cause.payload.exp}`;
    return new AwsError("ExpiredTokenException", message, { status: 400, cause });
  }
  // Worded by analogy, and so is the next.
  if (cause instanceof errors.JWTClaimValidationFailed)
    return invalid(`Invalid token: the claim ${cause.claim} does not hold`, cause);
  if (cause instanceof errors.JWSSignatureVerificationFailed)
    return invalid("Token signature invalid", cause);
  const isToken =
    cause instanceof errors.JWSInvalid ||
    cause instanceof errors.JWTInvalid ||
    cause instanceof errors.JOSEAlgNotAllowed;
  return isToken ? noToken(cause) : noKey(cause);
}

/** The keys of an issuer, by https://openid.net/specs/openid-connect-discovery-1_0.html */
async function keysOf(
  issuer: string,
  { fetchJson }: Pick<CallContext, "fetchJson">,
): Promise<JSONWebKeySet> {
  if (!fetchJson) throw new Error("only calls over the wire may ask an issuer for its keys");
  const read = async (url: URL) => documentOf(await fetchJson(url));
  const place = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const { issuer: named, jwks_uri: keys } = await read(new URL(place));
  if (named !== issuer) throw noKey(new Error(`${place} speaks of ${String(named)}`));
  const url = URL.parse(String(keys));
  if (!url || !isTrustworthy(url)) throw noKey(new Error(`${place} names keys at ${String(keys)}`));
  return (await read(url)) as unknown as JSONWebKeySet;
}

/** Worded by analogy. SDKs try again after this code. */
const unreachable = (cause: unknown) =>
  new AwsError(
    "IDPCommunicationError",
    "The identity provider could not be reached to verify the token",
    { status: 400, cause },
  );

function documentOf(fetched: FetchedJson): Readonly<Record<string, unknown>> {
  if (fetched.kind !== "json")
    throw fetched.kind === "unreachable" ? unreachable(fetched.cause) : noKey(fetched.cause);
  const { value } = fetched;
  if (typeof value !== "object" || value === null) throw noKey(new Error("not an object"));
  return value as Readonly<Record<string, unknown>>;
}
