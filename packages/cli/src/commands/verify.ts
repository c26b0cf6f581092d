import { availableParallelism } from "node:os";
import { type Lab, listLabs, loadLab } from "@workbook/lab-kit";
import { type LaneCloud, verify } from "@workbook/lab-kit/deploy";
import { UserError, type Words } from "@workbook/toolchain";
import { join } from "node:path";
import { fetchedRunc } from "../cloud/container-runtime.ts";
import { formatProof, formatSummary } from "../output/verify-output.ts";
import type { Session } from "../session.ts";
import { localTarget } from "../target/local-target.ts";
import { chosenLab } from "../learn/chosen-lab.ts";
import { containersNeeded, tierOf } from "../learn/need-containers.ts";

/** What `verify` was given. */
export interface VerifyCommandOptions {
  readonly all: boolean;
  /** `1/4`: the first of four parts of the labs. */
  readonly shard: string | undefined;
  readonly lanes: string | undefined;
}

/** Proves labs both ways against clouds of its own. */
export async function verifyCommand(
  session: Session,
  names: readonly string[],
  options: VerifyCommandOptions,
): Promise<number> {
  const { root, state, labs: folder, config } = session.workspace;
  const labs = await Promise.all(listLabs(folder).map((id) => loadLab(join(folder, id))));
  const asked = takeShard(await chosen(session, labs, names, options.all), options.shard);
  const { wanted, notRunHere } = await split(session, asked);
  const tools = await session.target.tools({ needs: wanted.flatMap(({ needs }) => needs) });
  const report = await verify({
    root,
    state,
    labs,
    wanted,
    tools,
    tasks: config.tasks,
    runc: await fetchedRunc(config.tasks, { root, signal: session.signal }),
    lanes: readLanes(options.lanes),
    targetOf: (cloud) => localTarget(session.workspace, asRunning(cloud)),
    onProof: (proof) => session.progress.print(formatProof(proof)),
    signal: session.signal,
  });
  session.result({ ...report, notRunHere }, formatSummary(report, session.language, notRunHere));
  return report.passed ? 0 : 1;
}

/** Labs that can be proved here, and the ids of those whose tasks have to be containers where no task can be one. */
async function split(
  session: Session,
  asked: readonly Lab[],
): Promise<{ readonly wanted: readonly Lab[]; readonly notRunHere: readonly string[] }> {
  const [wanted, left] = [false, true].map((needs) =>
    asked.filter(({ needsContainers = false }) => needsContainers === needs),
  ) as [Lab[], Lab[]];
  if (left.length === 0) return { wanted, notRunHere: [] };
  const { tasks } = session.workspace.config;
  // Not that of the workspace's cloud: a proof has clouds of its own.
  const tier = await tierOf(tasks, { root: session.workspace.root, signal: session.signal });
  if (tier.driver === "containers") return { wanted: asked, notRunHere: [] };
  if (wanted.length === 0) throw containersNeeded(left[0]!, tier);
  return { wanted, notRunHere: left.map(({ id }) => id) };
}

async function chosen(
  session: Session,
  labs: readonly Lab[],
  names: readonly string[],
  all: boolean,
): Promise<readonly Lab[]> {
  if (all && names.length === 0) return labs;
  if (all || names.length === 0)
    throw usage(
      [
        "Say which labs to verify, or --all for all of them.",
        "検証するラボを指定するか、すべてなら --all を付けてください。",
      ],
      "./workbook verify --all",
    );
  const ids = new Set<string>();
  for (const name of names) ids.add((await chosenLab(session, name)).id);
  return labs.filter(({ id }) => ids.has(id));
}

/** One part of the labs: neighbours stay together, because each is deployed over the one before. */
function takeShard(labs: readonly Lab[], shard: string | undefined): readonly Lab[] {
  if (shard === undefined) return labs;
  const [, part, parts] = (/^(\d+)\/(\d+)$/.exec(shard) ?? []).map(Number);
  if (part === undefined || parts === undefined || part < 1 || part > parts)
    throw usage(
      [
        `--shard takes a part such as 1/4, not ${shard}.`,
        `--shard には 1/4 のように指定します。${shard} は使えません。`,
      ],
      "./workbook verify --all --shard 1/4",
    );
  const edge = (index: number) => Math.round((labs.length * index) / parts);
  const taken = labs.slice(edge(part - 1), edge(part));
  if (taken.length === 0)
    throw usage(
      [
        `${labs.length} labs do not fill ${parts} parts.`,
        `ラボは ${labs.length} つなので、${parts} つには分けられません。`,
      ],
      "./workbook verify --all --shard 1/4",
    );
  return taken;
}

function readLanes(lanes: string | undefined): number {
  // Most of a deployment is waiting for fixed times.
  const number = lanes === undefined ? Math.min(4, availableParallelism() + 1) : Number(lanes);
  if (Number.isInteger(number) && number >= 1 && number <= 16) return number;
  throw usage(
    [
      `--lanes takes a number from 1 to 16, not ${lanes}.`,
      `--lanes には 1 から 16 までの数を指定します。${lanes} は使えません。`,
    ],
    "./workbook verify --all --lanes 3",
  );
}

function usage(message: Words, next: string): UserError {
  return new UserError(message, { code: "USAGE", next, exitCode: 2 });
}

/** A lane's cloud is no server of the workspace, but is deployed to in the same way. */
function asRunning({ endpoint, credentials, homeAddress }: LaneCloud) {
  return { endpoint, credentials, health: { homeAddress } };
}
