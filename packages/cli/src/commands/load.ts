import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type AwsClients, connectAws, disconnectAws, type Target } from "@workbook/lab-kit";
import { both, UserError, type Words } from "@workbook/toolchain";
import { onTarget } from "../command-line/commands.ts";
import { chooseLoaded, type LoadedService } from "../load/loaded-service.ts";
import { describeLook, lookAtScaling } from "../load/scaling-look.ts";
import { drawScaling, type ScalingRun, type Seen } from "../load/scaling-picture.ts";
import { type SentRequests, SteadyRequests } from "../load/steady-requests.ts";
import { nextStep } from "../output/next.ts";
import { style } from "../output/style.ts";
import type { Session } from "../session.ts";

/** What is asked for; both are in AWS's time, which passes faster on a local clock that is accelerated. */
export interface LoadOptions {
  /** Requests a minute: 110 unless told. */
  readonly requests: string | undefined;
  /** 10 unless told. */
  readonly minutes: string | undefined;
  /** How long it is watched after that without a request; not at all unless told. */
  readonly quiet: string | undefined;
  /** `/` unless told. */
  readonly path: string | undefined;
  /** The file that a picture of what was seen is written to, as SVG. */
  readonly picture: string | undefined;
}

/** Four tasks have fewer than 30 each of them, with room for a minute that counts a few more. */
const PER_MINUTE = 110;
const MINUTES = 10;
/** How often a service is looked at. AWS counts the questions. */
const LOOK_MS = { local: 200, aws: 5000 } as const;
/** More than this of one process tells more of this machine than of the app. */
const MOST_PER_SECOND = 2000;

/** Sends requests to a service for some minutes, and says what becomes of its tasks and alarms meanwhile. */
export async function loadCommand(
  session: Session,
  wanted: string | undefined,
  options: LoadOptions,
): Promise<number> {
  const perMinute = readNumber("requests", options.requests, PER_MINUTE, 0);
  const loaded = readNumber("minutes", options.minutes, MINUTES, 1);
  const minutes = loaded + readNumber("quiet", options.quiet, 0, 0);
  const target = await session.target.reach();
  const aws = await connectAws(target.connection);
  try {
    const cluster = `workbook-${target.owner}`;
    const service = await chooseLoaded(aws, { cluster, owner: target.owner, wanted });
    const requests = await begin(target, service, perMinute, options.path ?? "/");
    session.progress.print(announce(service, perMinute, loaded));
    const watched = { session, aws, service, pace: target.pace ?? 1, since: performance.now() };
    const seen: Seen[] = [];
    await watch(watched, loaded, seen);
    await requests?.stop();
    if (!session.signal.aborted) await watch(watched, minutes, seen);
    const run = { service: service.service, seen, loaded, minutes, perMinute, pace: watched.pace };
    if (options.picture !== undefined)
      writeFileSync(options.picture, drawScaling(run, session.language));
    return tell(session, run, requests?.counted ?? { sent: 0, lost: 0 });
  } finally {
    disconnectAws(aws);
  }
}

/** @throws {UserError} `USAGE` where it is no whole number from `least` */
function readNumber(
  name: "requests" | "minutes" | "quiet",
  given: string | undefined,
  otherwise: number,
  least: number,
): number {
  if (given === undefined) return otherwise;
  const number = /^\d{1,7}$/.test(given) ? Number(given) : Number.NaN;
  if (number >= least) return number;
  throw new UserError(
    [
      `--${name} takes a whole number from ${least}, not ${given}.`,
      `--${name} には ${least} 以上の整数を指定します。${given} は使えません。`,
    ],
    { code: "USAGE", next: "./workbook help load", exitCode: 2 },
  );
}

/** @returns undefined where nothing is to be sent: then quiet is what is watched */
async function begin(
  { effectiveAddress, pace = 1 }: Target,
  { dnsName, port }: LoadedService,
  perMinute: number,
  path: string,
): Promise<SteadyRequests | undefined> {
  if (perMinute === 0) return undefined;
  const perSecond = (perMinute / 60) * pace;
  if (perSecond > MOST_PER_SECOND) throw tooMany(perMinute, pace);
  const address = (await effectiveAddress?.(dnsName, port)) ?? { host: dnsName, port };
  const authority = port === 80 ? dnsName : `${dnsName}:${port}`;
  return new SteadyRequests({ ...address, authority, path, perSecond });
}

function tooMany(perMinute: number, pace: number): UserError {
  const most = Math.floor((MOST_PER_SECOND * 60) / pace);
  return new UserError(
    [
      `${perMinute} requests a minute are more than this machine can send at this pace: ${most} at most.`,
      `毎分 ${perMinute} リクエストは、この速さではこのマシンから送れません。${most} までです。`,
    ],
    { code: "USAGE", next: `./workbook load --requests ${most}`, exitCode: 2 },
  );
}

function announce({ service, port }: LoadedService, perMinute: number, minutes: number): Words {
  return perMinute === 0
    ? [
        `• ${service}: no requests, for ${minutes} minutes`,
        `• ${service}: ${minutes} 分間、リクエストを送らずに見ます`,
      ]
    : [
        `• ${service}, port ${port}: ${perMinute} requests a minute, for ${minutes} minutes`,
        `• ${service} のポート ${port}: 毎分 ${perMinute} リクエストを ${minutes} 分間送ります`,
      ];
}

/** What is watched, at what pace, and since when. */
interface Watched {
  readonly session: Session;
  readonly aws: AwsClients;
  readonly service: LoadedService;
  readonly pace: number;
  readonly since: number;
}

/** Looks until so many minutes are over, or it is interrupted; prints what is new, and adds it to what was seen. */
async function watch(
  { session: { progress, signal, target }, aws, service, pace, since }: Watched,
  minutes: number,
  seen: Seen[],
): Promise<void> {
  for (;;) {
    const minute = ((performance.now() - since) * pace) / 60_000;
    const look = await lookAtScaling(aws, service);
    const { minute: _before, ...last } = seen.at(-1) ?? {};
    if (!isDeepStrictEqual(look, last)) {
      seen.push({ minute, ...look });
      progress.print(both`  ${style.quiet(clockOf(minute))}  ${describeLook(look)}`);
    }
    if (minute >= minutes || signal.aborted) return;
    const left = ((minutes - minute) * 60_000) / pace;
    await delay(Math.min(LOOK_MS[target.name], left), undefined, { signal }).catch(() => undefined);
  }
}

/** `3:05` of minutes. */
function clockOf(minute: number): string {
  const seconds = Math.round(minute * 60);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`.padStart(5);
}

function tell(session: Session, run: ScalingRun, { sent, lost }: SentRequests): number {
  const { service, seen } = run;
  const counts = seen.map(({ running }) => running);
  const [first, most, now] = [counts[0] ?? 0, Math.max(...counts), counts.at(-1) ?? 0];
  const words: Words = [
    `${sent} requests sent, ${lost} lost; tasks: ${first} at first, ${most} at most, ${now} now`,
    `リクエスト送信 ${sent} 件、失敗 ${lost} 件。タスク: はじめ ${first} 個、最大 ${most} 個、いま ${now} 個`,
  ];
  const next =
    sent === 0 ? "load" : now > first ? "load --requests 0 --minutes 40" : `why ${service}`;
  session.result(
    { ...run, sent, lost },
    both`${style.good("✓")} ${words}\n\n${nextStep(onTarget(session, next))}`,
  );
  return sent > 0 && sent === lost ? 1 : 0;
}
