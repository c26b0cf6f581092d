import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import {
  answers,
  freePort,
  loadFrom,
  residentMb,
  startMeasured,
  type Measured,
} from "./processes.ts";
import { median, type Row } from "./table.ts";

const SECONDS = 3;
const ROUNDS = 3;
const REGION = "us-east-1";

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Whether Python has moto's server here. */
export function hasMoto(): boolean {
  try {
    execFileSync("python3", ["-c", "import moto.server"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Measures the API: time until it answers, memory, and `ecs:DescribeClusters` a second, beside moto where it is there. */
export async function measureApi(): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), "bench-"));
  const ourPort = await freePort();
  const ours = await startOurs(ourPort, dir);
  const moto = hasMoto() ? await startMoto() : undefined;
  try {
    const key = (JSON.parse(readFileSync(join(dir, "server.json"), "utf8")) as { credentials: Key })
      .credentials;
    const ourMemory = residentMb(ours.process.pid!);
    const motoMemory = moto && residentMb(moto.server.process.pid!);
    const fresh = await alternate(ourPort, key, moto?.port, false);
    const kept = await alternate(ourPort, key, moto?.port, true);
    return [
      row(
        "ready after start",
        ours.readyMs,
        moto?.server.readyMs,
        (ms) => `${Math.round(ms)} ms`,
        "",
        true,
      ),
      row("idle memory", ourMemory, motoMemory, (mb) => `${Math.round(mb)} MB`, "", true),
      row("ecs:DescribeClusters, a connection each", fresh.ours, fresh.moto, perSecond, "≥ 20"),
      row("ecs:DescribeClusters, kept alive", kept.ours, fresh.moto, perSecond, ""),
    ];
  } finally {
    await ours.stop();
    await moto?.server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function startOurs(port: number, dir: string): Promise<Measured> {
  const main = join(import.meta.dirname, "../src/main.ts");
  const args = [
    main,
    "--port",
    String(port),
    "--data",
    dir,
    "--tasks",
    "off",
    "--listeners",
    "ephemeral",
  ];
  return startMeasured(process.execPath, args, () =>
    answers(`http://127.0.0.1:${port}/_local/health`),
  );
}

async function startMoto(): Promise<{ server: Measured; port: number }> {
  const port = await freePort();
  const args = ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)];
  const server = await startMeasured(
    "python3",
    args,
    () => answers(`http://127.0.0.1:${port}/moto-api/`),
    {
      ...process.env,
      PYTHONWARNINGS: "ignore",
    },
  );
  return { server, port };
}

/** Loads both in turn, so that a machine that slows down slows both; the median of the rounds counts. */
async function alternate(
  ourPort: number,
  key: Key,
  motoPort: number | undefined,
  keepAlive: boolean,
) {
  const ours: number[] = [];
  const moto: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await rate(ourPort, key, keepAlive));
    // moto closes every connection after one answer, so there is nothing to keep alive.
    if (motoPort !== undefined && !keepAlive) moto.push(await rate(motoPort, key, false));
  }
  return { ours: median(ours), moto: moto.length > 0 ? median(moto) : undefined };
}

async function rate(port: number, key: Key, keepAlive: boolean): Promise<number> {
  const options = { host: "127.0.0.1", port, connections: 8, seconds: SECONDS, keepAlive };
  const { perSecond: count, failures } = await loadFrom({
    ...options,
    request: signedRequest(port, key, keepAlive),
  });
  if (failures > 0) throw new Error(`${failures} requests to port ${port} failed`);
  return count;
}

/** `ecs:DescribeClusters`, signed. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signedRequest(port: number, key: Key, keepAlive: boolean): string {
  const body = '{"clusters":["default"]}';
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${timestamp.slice(0, 8)}/${REGION}/ecs/aws4_request`;
  const target = "AmazonEC2ContainerServiceV20141113.DescribeClusters";
  const headers: Record<string, string> = {
    "content-type": "application/x-amz-json-1.1",
    host: `127.0.0.1:${port}`,
    "x-amz-date": timestamp,
    "x-amz-target": target,
  };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const canonical = `POST\n/\n\n${lines.join("")}\n${names}\n${hash(body)}`;
  let signingKey: string | Buffer = `AWS4${key.secretAccessKey}`;
  for (const part of scope.split("/"))
    signingKey = createHmac("sha256", signingKey).update(part).digest();
  const signature = createHmac("sha256", signingKey)
    .update(`AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash(canonical)}`)
    .digest("hex");
  headers["authorization"] =
    `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  headers["content-length"] = String(body.length);
  headers["connection"] = keepAlive ? "keep-alive" : "close";
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\n${head.join("")}\r\n${body}`;
}

function perSecond(count: number): string {
  return `${Math.round(count).toLocaleString("en")}/s`;
}

function row(
  what: string,
  ours: number,
  other: number | undefined,
  format: (value: number) => string,
  aim: string,
  lessIsBetter = false,
): Row {
  const ratio = other === undefined ? "" : (lessIsBetter ? other / ours : ours / other).toFixed(1);
  return {
    what,
    ours: format(ours),
    other: other === undefined ? "moto is not here" : `moto ${format(other)}`,
    ratio,
    aim,
  };
}
