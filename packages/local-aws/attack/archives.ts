import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DescribeTasksCommand, RunTaskCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import { pushImage } from "../src/engine/scheduler/testing/push-tiny-image.ts";
import { archiveBombs, archiveCorpus, tarOf, type Item } from "./archive-corpus.ts";
import { CLOSED, Chance, inParallel, note, type Generator, type Outcome } from "./outcome.ts";
import { Stack, until } from "./stack.ts";
import type { Target } from "./target.ts";

/** A task whose image cannot be unpacked, or whose program is not there, has stopped by then. */
const PATIENCE_MS = 30_000;
/** One that still unpacks half a million entries stops when it is told to, by then. */
const STOP_MS = 20_000;
const LANES = 6;
const SHORT = 60;
const GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

/** Something of this machine that no image may touch. */
class Outside {
  readonly directory: string;
  readonly #canary: string;

  constructor(directory: string) {
    this.directory = directory;
    this.#canary = join(directory, "canary");
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(this.#canary, "canary", { mode: 0o600 });
  }

  /** What has been done to it; undefined where nothing. */
  get harm(): string | undefined {
    const names = readdirSync(this.directory);
    if (names.join() !== "canary") return `it holds ${names.join()}`;
    if (readFileSync(this.#canary, "utf8") !== "canary") return "it was written to";
    const [folder, file] = [statSync(this.directory), statSync(this.#canary)];
    const told = [folder.mode & 0o7777, file.mode & 0o7777, file.nlink, folder.uid, file.uid];
    const own = process.getuid?.();
    return told.join() === [0o700, 0o600, 1, own, own].join() ? undefined : `${told.join()}`;
  }
}

/**
 * Images whose layers are not what they say, pulled and unpacked for tasks: each task stops, with a reason, and nothing
 * outside of its root is touched.
 */
export const archives: Generator = {
  name: "archives",
  tries: { full: 500, short: SHORT },
  mostSeconds: 60,
  tasks: "process",
  run: async (target, tries, outcome) => {
    const stack = await Stack.create(target.cloud, target.scratch);
    const outside = new Outside(join(target.scratch, "outside"));
    // Bombs take their time: a short attack has none.
    const bombs = tries > SHORT ? archiveBombs() : [];
    const known = [...archiveCorpus(outside.directory), ...bombs];
    const tryOne = async (at: number) => {
      const [name, layers] = known[at] ?? [`changed by chance, number ${at}`, () => anyImage(at)];
      const reason = await stopsWith(stack, `t${at}`, await layers());
      const { harm } = outside;
      note(
        outcome,
        reason === undefined ? 0 : CLOSED,
        `${name}: ${harm ?? "it never stops"}`,
        !harm,
      );
      if (reason !== undefined) outcome.answered++;
    };
    await inParallel(archives, tries, tryOne, LANES);
    await noLeftovers(target, outcome);
    stack.close();
  },
};

/** Runs a task of these layers to its end, which may be StopTask's. @returns why it stopped; undefined where it does not */
async function stopsWith(
  stack: Stack,
  tag: string,
  layers: readonly Buffer[],
): Promise<string | undefined> {
  const image = await pushImage(stack.ecr, stack.cloud.endpoint, {
    repository: "odd",
    tag,
    layers: layers.map((bytes) => ({ mediaType: GZIP, bytes })),
    diffIds: [],
    config: { Cmd: ["/not-there"] },
  });
  const { tasks } = await stack.ecs.send(
    new RunTaskCommand({
      cluster: "c",
      taskDefinition: await stack.define(tag, image),
      launchType: "FARGATE",
      networkConfiguration: stack.network,
    }),
  );
  let reason: string | undefined;
  const hasStopped = async () => {
    const described = await stack.ecs.send(
      new DescribeTasksCommand({ cluster: "c", tasks: [tasks![0]!.taskArn!] }),
    );
    const { lastStatus, stoppedReason } = described.tasks![0]!;
    if (lastStatus === "STOPPED") reason = stoppedReason ?? "";
    return reason !== undefined;
  };
  await until(hasStopped, "end of the task", PATIENCE_MS).catch(async () => {
    await stack.ecs.send(new StopTaskCommand({ cluster: "c", task: tasks![0]!.taskArn! }));
    await until(hasStopped, "end of the task", STOP_MS).catch(() => undefined);
  });
  return reason;
}

const anyImage = async (seed: number) => [await anyArchive(new Chance(seed))];

/** A small archive, changed by chance: in its headers before it is compressed, or in what was compressed. */
async function anyArchive(chance: Chance): Promise<Buffer> {
  const items: Item[] = [
    { name: "a/", type: "directory", mode: 0o755 },
    { name: "a/b", content: "x".repeat(chance.below(2000)) },
    { name: "l", type: "symlink", linkname: chance.one(["a", "/", "..", "a/b", "/etc"]) },
    { name: chance.one(["l/c", "a/.wh.b", "a/.wh..wh..opq", "./d", "a//e"]), content: "y" },
    { name: "h", type: "link", linkname: chance.one(["a/b", "l", "l/c"]) },
  ];
  const bytes = await tarOf(items);
  const isInside = chance.often(70);
  const changed = isInside ? bytes : gzipSync(bytes);
  for (let count = 1 + chance.below(4); count > 0; count--) {
    // Headers are where it matters.
    const block = isInside ? chance.below(Math.floor(changed.length / 512)) * 512 : 0;
    changed[(block + chance.below(isInside ? 512 : changed.length)) % changed.length] =
      chance.below(256);
  }
  if (isInside && chance.often(80)) mendSums(changed);
  const whole = isInside ? gzipSync(changed) : changed;
  return chance.often(20) ? whole.subarray(0, chance.below(whole.length)) : whole;
}

/** Makes the sums of all headers right again, so that what was changed is looked at. */
function mendSums(tar: Buffer): void {
  for (let at = 0; at + 512 <= tar.length; at += 512) {
    if (tar.toString("latin1", at + 257, at + 262) !== "ustar") continue;
    let sum = 8 * 32;
    for (let index = 0; index < 512; index++)
      if (index < 148 || index > 155) sum += tar[at + index]!;
    tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
  }
}

/** What was unpacked for a task goes with it. */
async function noLeftovers({ cloud, scratch }: Target, outcome: Outcome): Promise<void> {
  const folder = join(scratch, "data/runtime/tasks");
  const isEmpty = () => cloud.hasEnded || readdirSync(folder).length === 0;
  await until(isEmpty, "empty folder", 10_000).catch(() => {
    outcome.wrong++;
    outcome.examples.push(`left of tasks that stopped: ${readdirSync(folder).slice(0, 5).join()}`);
  });
}
