import { cpuMicroseconds, hasProc } from "./processes.ts";
import { median } from "./table.ts";
import type { Load, Traffic } from "./traffic.ts";

/** A server and what is asked of it. */
export interface Contestant {
  readonly pid: number;
  readonly port: number;
  /** Made anew for each round, because signatures age. */
  readonly request: () => string;
}

/** What a server answered: the medians of the rounds. */
export interface Rate {
  readonly perSecond: number;
  /** Processor time of the server for one request, in microseconds; undefined where the system does not tell. */
  readonly cpu: number | undefined;
}

/** Rounds that count; a longer one goes before them, in which programs compile what they use. */
const ROUNDS = 5;
const SECONDS = 2;
const WARM_UP_SECONDS = 4;

/** Loads servers in turn, so that a machine that slows down slows all of them. */
export async function inTurn(
  traffic: Traffic,
  contestants: readonly Contestant[],
  load: Pick<Load, "connections" | "keepAlive">,
): Promise<Rate[]> {
  const rates: Rate[][] = contestants.map(() => []);
  for (let round = 0; round <= ROUNDS; round++)
    for (const [index, contestant] of contestants.entries()) {
      const seconds = round === 0 ? WARM_UP_SECONDS : SECONDS;
      const rate = await measure(traffic, contestant, { ...load, seconds });
      if (round > 0) rates[index]!.push(rate);
    }
  return rates.map((each) => ({
    perSecond: median(each.map(({ perSecond }) => perSecond)),
    cpu: hasProc ? median(each.map(({ cpu }) => cpu!)) : undefined,
  }));
}

async function measure(
  traffic: Traffic,
  { pid, port, request }: Contestant,
  load: Pick<Load, "connections" | "keepAlive" | "seconds">,
): Promise<Rate> {
  const before = hasProc ? cpuMicroseconds(pid) : 0;
  const options = { port, request: request(), ...load };
  const { answered, seconds } = await traffic.load(options);
  const cpu = hasProc ? (cpuMicroseconds(pid) - before) / answered : undefined;
  return { perSecond: answered / seconds, cpu };
}
