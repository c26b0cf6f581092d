import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";

const TIMEOUT_MS = 5_000;
const TASK_HOST = "http://169.254.170.2";

/**
 * Where AWS is and as whom to ask it, as ECS tells a container.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 *
 * @param {Record<string, string | undefined>} env
 */
export function readAwsSettings(env) {
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  return {
    region: env.AWS_REGION || "us-east-1",
    endpointUrl: env.AWS_ENDPOINT_URL || undefined,
    credentialsUri: relative
      ? `${TASK_HOST}${relative}`
      : env.AWS_CONTAINER_CREDENTIALS_FULL_URI || undefined,
    authorization: env.AWS_CONTAINER_AUTHORIZATION_TOKEN || undefined,
  };
}

/**
 * What of its settings has arrived in this process: a password as a fingerprint alone (the first 8 hexadecimal digits of its
 * SHA-256), a bucket as the list that the task role may see, or as AWS's refusal.
 *
 * @param {{ siteName?: string, password?: string, bucket?: string, aws: ReturnType<typeof readAwsSettings> }} settings
 * @throws {Error} if the credentials endpoint or S3 does not answer
 */
export async function readArrived({ siteName, password, bucket, aws }) {
  const credentials = await readCredentials(aws);
  return {
    siteName: siteName ?? null,
    passwordFingerprint: password === undefined ? null : fingerprint(password),
    role: credentials?.RoleArn ?? null,
    bucket:
      bucket === undefined ? null : { name: bucket, ...(await list(bucket, aws, credentials)) },
  };
}

function fingerprint(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

async function readCredentials({ credentialsUri, authorization }) {
  if (credentialsUri === undefined) return undefined;
  const response = await fetch(credentialsUri, {
    headers: authorization === undefined ? {} : { authorization },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the credentials endpoint answered ${response.status}`);
  return response.json();
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
async function list(bucket, { region, endpointUrl }, credentials) {
  if (credentials === undefined) return { error: "no task role: there are no credentials" };
  const client = new AwsClient({
    accessKeyId: credentials.AccessKeyId,
    secretAccessKey: credentials.SecretAccessKey,
    sessionToken: credentials.Token,
    service: "s3",
    region,
    retries: 0,
  });
  const base =
    endpointUrl === undefined
      ? `https://${bucket}.s3.${region}.amazonaws.com/`
      : `${endpointUrl.replace(/\/$/, "")}/${bucket}`;
  const response = await client.fetch(`${base}?list-type=2&encoding-type=url`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const xml = await response.text();
  if (response.ok) return { objects: all(xml, "Key").map(decoded) };
  return {
    error: [...all(xml, "Code"), ...all(xml, "Message")].join(": ") || `${response.status}`,
  };
}

/** S3 writes a space as `+`, as forms do. */
const decoded = (key) => decodeURIComponent(key.replaceAll("+", " "));

const all = (xml, name) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text]) => text);
