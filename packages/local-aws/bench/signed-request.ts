import { createHash, createHmac } from "node:crypto";

const REGION = "us-east-1";

/** An access key as `server.json` holds it. */
export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * `ecs:DescribeClusters` as bytes, signed: so that the client spends no time on it while it measures.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function describeClusters(port: number, key: Key, keepAlive: boolean): string {
  const body = '{"clusters":["default"]}';
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${timestamp.slice(0, 8)}/${REGION}/ecs/aws4_request`;
  const signed = {
    "content-type": "application/x-amz-json-1.1",
    host: `127.0.0.1:${port}`,
    "x-amz-date": timestamp,
    "x-amz-target": "AmazonEC2ContainerServiceV20141113.DescribeClusters",
  };
  const names = Object.keys(signed).join(";");
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const canonical = `POST\n/\n\n${lines.join("")}\n${names}\n${sha256(body)}`;
  const toSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`;
  const signature = hmac(signingKey(key, scope), toSign).toString("hex");
  const headers = {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    "content-length": body.length,
    connection: keepAlive ? "keep-alive" : "close",
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\n${head.join("")}\r\n${body}`;
}

function signingKey({ secretAccessKey }: Key, scope: string): Buffer {
  return scope
    .split("/")
    .reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
