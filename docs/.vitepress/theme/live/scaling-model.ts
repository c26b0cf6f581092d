import type { AlarmPicture, PictureMessage, ScalingPicture } from "@workbook/local-aws/live";

import { balancersOf } from "./picture-model.ts";

/** What a graph shows of time: from, to, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A service that scales, as it is drawn. */
export interface DrawnScaling extends ScalingPicture {
  readonly name: string;
  readonly desired: number;
  readonly now: number;
  /** Through which requests come to it; undefined where none leads to its tasks. */
  readonly listenerArn: string | undefined;
}

/** How long an alarm was in a state, in shares of the span. */
export interface Bar {
  readonly state: string;
  readonly start: number;
  readonly length: number;
}

/** Minutes of AWS's time that a graph shows: a quarter of an hour of quiet, and what comes before and after it. */
const SHOWN_MINUTES = 60;

/** The last hour of AWS's time, which is shorter where the clock is faster. */
export function spanUntil(now: number, acceleration: number): Span {
  return { from: now - (SHOWN_MINUTES * 60_000) / acceleration, to: now };
}

/** The services that scale. */
export function scalingOf(picture: PictureMessage | undefined): readonly DrawnScaling[] {
  return (picture?.clusters ?? []).flatMap(({ services, tasks }) =>
    services.flatMap(({ name, scaling, desiredCount, runningCount }) => {
      if (scaling === null) return [];
      const own = new Set(
        tasks.filter(({ serviceName }) => serviceName === name).map(({ taskArn }) => taskArn),
      );
      const listener = balancersOf(picture)
        .flatMap(({ listeners }) => listeners)
        .find(({ targetGroups }) =>
          targetGroups.some(({ targets }) =>
            targets.some(({ taskArn }) => taskArn !== null && own.has(taskArn)),
          ),
        );
      const { listenerArn } = listener ?? {};
      return { ...scaling, name, desired: desiredCount, now: runningCount, listenerArn };
    }),
  );
}

/** A line of steps in a picture of the unit square, as an SVG path; empty where nothing is known. */
export function toSteps(
  { running, max }: Pick<ScalingPicture, "running" | "max">,
  { from, to }: Span,
): string {
  const top = highest({ running, max });
  const x = (at: number) => round(Math.max(0, (at - from) / (to - from)));
  const y = (count: number) => round(1 - count / top);
  const before = running.findLast(({ at }) => at <= from);
  const inside = running.filter(({ at }) => at > from && at <= to);
  const shown = before ? [{ at: from, count: before.count }, ...inside] : inside;
  const [first, ...rest] = shown;
  if (first === undefined) return "";
  const steps = rest.map(({ at, count }) => `H${x(at)}V${y(count)}`);
  return `M${x(first.at)} ${y(first.count)}${steps.join("")}H1`;
}

/** What stands at the top of a graph: a task more than there may be, or than there were. */
export function highest({ running, max }: Pick<ScalingPicture, "running" | "max">): number {
  return Math.max(max, ...running.map(({ count }) => count)) + 1;
}

/** The states of an alarm, one after the other. */
export function toBars({ states }: Pick<AlarmPicture, "states">, { from, to }: Span): Bar[] {
  return states.flatMap(({ at, state }, index) => {
    const begin = Math.max(at, from);
    const end = Math.min(states[index + 1]?.at ?? to, to);
    if (end <= begin) return [];
    const share = (milliseconds: number) => round(milliseconds / (to - from));
    return { state, start: share(begin - from), length: share(end - begin) };
  });
}

const round = (share: number): number => Number(share.toFixed(4));
