import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, hasProc, residentMb, startMeasured, type Measured } from "./processes.ts";
import { inTurn, type Contestant } from "./rounds.ts";
import { describeClusters, type Key } from "./signed-request.ts";
import { compare, format, median, rateRows, type Row } from "./table.ts";
import type { Traffic } from "./traffic.ts";

const STARTS = 3;
const CONNECTIONS = 8;

/** Where the benchmarks find and keep things. */
export interface Workbench {
  /** The clone. */
  readonly root: string;
  /** A directory that is gone afterwards. */
  readonly directory: string;
  readonly traffic: Traffic;
}

/** Measures the API: time until it answers, memory, and `ecs:DescribeClusters` a second, beside moto where it is there. */
export async function measureApi(workbench: Workbench): Promise<Row[]> {
  const motoIsHere = hasMoto();
  const beside = motoIsHere ? "moto" : "moto is not here";
  const readyMs = { ours: [] as number[], moto: [] as number[] };
  for (let start = 0; start < STARTS; start++) {
    const directory = join(workbench.directory, `start-${start}`);
    for (const name of motoIsHere ? (["ours", "moto"] as const) : (["ours"] as const)) {
      const server = await (name === "ours" ? startOurs(workbench, directory) : startMoto());
      readyMs[name].push(server.readyMs);
      await server.stop();
    }
  }
  const ready = compare(
    "ready after start",
    median(readyMs.ours),
    motoIsHere ? median(readyMs.moto) : undefined,
    { beside, format: format.milliseconds, lessIsBetter: true },
  );
  return [ready, ...(await measureCalls(workbench, motoIsHere, beside))];
}

async function measureCalls(
  workbench: Workbench,
  motoIsHere: boolean,
  beside: string,
): Promise<Row[]> {
  const directory = join(workbench.directory, "calls");
  const ours = await startOurs(workbench, directory);
  const moto = motoIsHere ? await startMoto() : undefined;
  try {
    const memory = [ours, moto].map((server) =>
      server && hasProc ? residentMb(server.process.pid!) : undefined,
    );
    const key = readKey(directory);
    const contestants = (keepAlive: boolean) =>
      [ours, ...(moto ? [moto] : [])].map((server): Contestant => {
        const { port } = server;
        const request = () => describeClusters(port, key, keepAlive);
        return { pid: server.process.pid!, port, request };
      });
    const load = { connections: CONNECTIONS };
    const [fresh, motoFresh] = await inTurn(workbench.traffic, contestants(false), {
      ...load,
      keepAlive: false,
    });
    // moto closes every connection after one answer: what it does on new ones is all that it can do.
    const [kept] = await inTurn(workbench.traffic, contestants(true).slice(0, 1), {
      ...load,
      keepAlive: true,
    });
    const style = { beside, format: format.megabytes, lessIsBetter: true };
    return [
      compare("idle memory", memory[0], memory[1], style),
      ...rateRows("ecs:DescribeClusters, a connection each", fresh!, motoFresh, beside, "≥ 20"),
      ...rateRows("ecs:DescribeClusters, kept alive", kept!, motoFresh, beside),
    ];
  } finally {
    await ours.stop();
    await moto?.stop();
  }
}

async function startOurs({ root }: Workbench, directory: string): Promise<Measured> {
  const port = await freePort();
  mkdirSync(directory, { recursive: true });
  const main = join(root, "packages/local-aws/src/main.ts");
  const options = ["--port", String(port), "--data", directory, "--tasks", "off"];
  return startMeasured({
    command: process.execPath,
    args: [main, ...options, "--listeners", "ephemeral"],
    port,
    path: "/_local/health",
    // As `workbook` starts it.
    env: { NODE_COMPILE_CACHE: join(root, ".workbook/cache/node"), ...process.env },
  });
}

async function startMoto(): Promise<Measured> {
  const port = await freePort();
  const args = ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)];
  const env = { ...process.env, PYTHONWARNINGS: "ignore" };
  return startMeasured({ command: "python3", args, port, path: "/moto-api/", env });
}

/** Whether Python has moto's server here. */
function hasMoto(): boolean {
  try {
    execFileSync("python3", ["-c", "import moto.server"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function readKey(directory: string): Key {
  const file = readFileSync(join(directory, "server.json"), "utf8");
  return (JSON.parse(file) as { credentials: Key }).credentials;
}
