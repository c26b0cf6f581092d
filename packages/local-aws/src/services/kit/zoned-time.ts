/** What a clock on the wall shows: `month` and `day` from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether it is the name of a time zone such as `Asia/Tokyo` or `Etc/GMT+9`: offsets are none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The clocks of one time zone. Finding its rules is slow, so that who asks often keeps this. */
export class Zone {
  readonly #format: Intl.DateTimeFormat;

  /** @throws RangeError where there is no such time zone */
  constructor(name: string) {
    this.#format = formatOf(name);
  }

  /** What clocks show at an instant, in milliseconds since the epoch. */
  wallTime(at: number): WallTime {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(at)) parts[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    return { year, month, day, hour, minute, second };
  }

  /**
   * The instant at which clocks show `time`, in milliseconds since the epoch: the first of two where they are set back;
   * undefined where they are set forward past it.
   */
  instant(time: WallTime): number | undefined {
    const asUtc = toUtc(time);
    // Offsets change at most once within these two days, so that each of them that can hold is one of these two.
    const candidates = [-DAY_MS, DAY_MS].map((away) => asUtc - this.#offset(asUtc + away));
    const fitting = candidates.filter((at) => toUtc(this.wallTime(at)) === asUtc);
    return fitting.length > 0 ? Math.min(...fitting) : undefined;
  }

  #offset(at: number): number {
    return toUtc(this.wallTime(at)) - Math.floor(at / 1000) * 1000;
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
}

function toUtc({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
