import { join } from "node:path";
import type { Workbench } from "./api.ts";
import { freePort, startMeasured } from "./processes.ts";
import { inTurn } from "./rounds.ts";
import { rateRows, type Row } from "./table.ts";

const CONNECTIONS = 16;
const TARGETS = 2;
const FORWARDER = join(import.meta.dirname, "forwarder.ts");
const REQUEST =
  "GET / HTTP/1.1\r\nHost: workbook.elb.localhost\r\nUser-Agent: traffic\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n";

/** Measures what reads the answers of targets: the data plane's own connections and parser beside undici's. */
export async function measureUpstream({ traffic }: Workbench): Promise<Row[]> {
  const targets = await Promise.all(Array.from({ length: TARGETS }, () => traffic.serve()));
  const ports = targets.map((target) => String(target.port));
  const start = async (kind: string) => {
    const port = await freePort();
    const args = [FORWARDER, kind, String(port), ...ports];
    return startMeasured({ command: process.execPath, args, port, path: "/" });
  };
  const forwarders = await Promise.all(["parser", "undici"].map(start));
  try {
    const contestants = forwarders.map(({ process: { pid }, port }) => ({
      pid: pid!,
      port,
      request: () => REQUEST,
    }));
    const load = { connections: CONNECTIONS, keepAlive: true };
    const [own, undici] = await inTurn(traffic, contestants, load);
    return rateRows("answers of targets, read by our parser", own!, undici, "undici");
  } finally {
    await Promise.all([...forwarders, ...targets].map((each) => each.stop()));
  }
}
