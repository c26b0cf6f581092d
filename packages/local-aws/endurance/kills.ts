import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { SpawnedCloud } from "../tests/support/spawned-cloud.ts";
import { ec2Subject, ecsSubject, elbSubject, iamSubject } from "./control-plane-subjects.ts";
import {
  ecrSubject,
  logsSubject,
  prepare,
  s3Subject,
  stsSubject,
  type Sessions,
} from "./data-subjects.ts";
import { Ledger } from "./ledger.ts";
import type { ClientConfig, Subject } from "./subject.ts";
import { spread, startOn, type Course, type Trial } from "./trial.ts";

/** How many times the server is killed. */
const ROUNDS = { full: 60, short: 4 };
/** The moment of a kill is anywhere in between, in milliseconds after the first write. */
const EARLIEST_MS = 30;
const LATEST_MS = 1200;
/** Each writer removes the oldest of its things where there are more. */
const MOST_KEPT = 25;

/** kill -9 while eight services are written to: what was acknowledged is there, and nothing in halves. */
export const kills: Trial = {
  name: "kills",
  what: "kill -9 at random moments, while eight services are written to",
  run: async (course) => {
    const sessions: Sessions = new Map();
    const ledgers = new Map<string, Ledger>();
    const starts: number[] = [];
    const dataDir = join(course.scratch, "data");
    let cloud = await startOn(dataDir);
    await prepare(configOf(cloud));
    const rounds = course.isShort ? ROUNDS.short : ROUNDS.full;
    for (let round = 0; round < rounds; round++) {
      await writeUntilKilled(cloud, subjectsOf(cloud, sessions), ledgers, round, course);
      cloud = await startOn(dataDir);
      starts.push(cloud.startMs);
      for (const subject of subjectsOf(cloud, sessions)) {
        const found = await subject.find();
        for (const fault of ledgerOf(ledgers, subject).compare(found))
          course.violate(`round ${round}, ${subject.service}: ${fault}`);
      }
      for (const error of cloud.errors) course.violate(`round ${round}, the server says: ${error}`);
    }
    await cloud.end();
    course.tell("killed", `${rounds} times`);
    for (const [service, { acknowledged }] of ledgers)
      course.tell(`acknowledged by ${service}`, acknowledged);
    course.tell("start after a kill, until ready", spread(starts));
  },
};

const configOf = (cloud: SpawnedCloud): ClientConfig => ({
  ...cloud.clientConfig,
  forcePathStyle: true,
});

function subjectsOf(cloud: SpawnedCloud, sessions: Sessions): Subject[] {
  const config = configOf(cloud);
  const makers = [
    ecsSubject,
    elbSubject,
    ec2Subject,
    iamSubject,
    ecrSubject,
    logsSubject,
    s3Subject,
  ];
  return [...makers.map((make) => make(config)), stsSubject(config, sessions)];
}

function ledgerOf(ledgers: Map<string, Ledger>, { service }: Subject): Ledger {
  const ledger = ledgers.get(service) ?? new Ledger();
  ledgers.set(service, ledger);
  return ledger;
}

/** Writes to all subjects at once, and kills the server meanwhile. */
async function writeUntilKilled(
  cloud: SpawnedCloud,
  subjects: readonly Subject[],
  ledgers: Map<string, Ledger>,
  round: number,
  course: Course,
): Promise<void> {
  const life = { isOver: false };
  const writers = subjects.map(async (subject) => {
    const fault = await write(subject, ledgerOf(ledgers, subject), `r${round}`, life);
    if (fault !== undefined) course.violate(`round ${round}, ${subject.service}: ${fault}`);
  });
  await delay(EARLIEST_MS + Math.random() * (LATEST_MS - EARLIEST_MS));
  life.isOver = true;
  await cloud.end("SIGKILL");
  await Promise.all(writers);
}

/** Makes and removes, one after the other, until the server is gone. @returns what failed though the server lived */
async function write(
  subject: Subject,
  ledger: Ledger,
  prefix: string,
  life: { readonly isOver: boolean },
): Promise<string | undefined> {
  for (let count = 0; ; count++) {
    const oldest = ledger.kept.size > MOST_KEPT ? ledger.kept.values().next().value : undefined;
    const isRemoval = subject.remove !== undefined && oldest !== undefined;
    const name = isRemoval ? oldest : `${prefix}-${count}`;
    try {
      await (isRemoval ? subject.remove!(name) : subject.create(name));
      if (isRemoval) ledger.removed(name);
      else ledger.made(name);
    } catch (error) {
      ledger.isUnderWay(name);
      return life.isOver && !isAnswer(error) ? undefined : `${name}: ${String(error)}`;
    }
  }
}

/** Whether it is the server's own word, and not a connection that ended with it. */
function isAnswer(error: unknown): boolean {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode !== undefined || /^\d{3} /.test((error as Error).message);
}
