import { randomUUID } from "node:crypto";
import { list, UserError, type Words } from "@workbook/toolchain";
import { addressesIn, deployedStacks, type State } from "./deployed-stacks.ts";
import { exclusively } from "./exclusive.ts";
import type { LabRun } from "./lab-run.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { rollBackCutOff } from "./roll-back.ts";
import type { StackId, Synthesised } from "./stack.ts";
import { openS3, readJsonObject, stateKey, usualKey } from "./state-objects.ts";

/** A resource that stands in the state of one stack, and that the program describes in another. */
export interface Move {
  /** `type.name`, the same in both. */
  readonly address: string;
  readonly from: StackId;
  readonly to: StackId;
}

/** A state as Terraform stores it; what it holds is handed on as it is. */
interface StoredState extends State {
  readonly version: 4;
  readonly serial: number;
  readonly lineage: string;
  readonly terraform_version: string;
}

/** Where each resource stands, and where it belongs. */
interface Placement {
  readonly moves: readonly Move[];
  readonly states: ReadonlyMap<StackId, StoredState | undefined>;
}

/** What stands in the state of another stack than the program says. Nothing is changed. @throws {SynthesisError} */
export async function findMoves(run: LabRun): Promise<readonly Move[]> {
  return (await placementOf(run)).moves;
}

/** What {@link moveResources} does, as a command of its own: while no other one is at work on the stacks. */
export function moveState(run: LabRun, reporter: DeployReporter): Promise<readonly Move[]> {
  const { deployment } = run;
  const { id } = deployment.lab;
  const what = [`move-state of lab ${id}`, `ラボ ${id} の move-state`] as const;
  return exclusively(deployment, reporter, what, async () => {
    await rollBackCutOff(deployment, reporter);
    return moveResources(run, reporter);
  });
}

/**
 * Moves resources between states so that each stands in the state of the stack that describes it, as `terraform state mv` does
 * one by one. The resources themselves are not touched. What is in two states for a moment is in none at no moment.
 * https://developer.hashicorp.com/terraform/cli/commands/state/mv
 *
 * @throws {SynthesisError}
 * @throws {TerraformError} where Terraform refuses a state, because another has changed it meanwhile
 */
export async function moveResources(
  run: LabRun,
  reporter: DeployReporter,
): Promise<readonly Move[]> {
  const { moves, states } = await placementOf(run);
  if (moves.length === 0) return moves;
  return inStep(reporter, ["States", "ステート"], async (step) => {
    step.detail(["moving resources", "リソースを移しています"]);
    for (const id of new Set(moves.map(({ to }) => to)))
      await store(run, id, received(id, { moves, states }));
    // Terraform counts on by itself where it stores: what has received something and gives away as well is read anew.
    const stored = await readStates(run);
    for (const id of new Set(moves.map(({ from }) => from)))
      await store(run, id, remaining(stored.get(id)!, leaving(id, moves)));
    return { summary: describeMoves(moves), value: moves };
  });
}

/**
 * Refuses to go on where something stands in the state of another stack: it would be destroyed there and made anew here.
 * @throws {UserError}
 */
export async function requireNothingToMove(run: LabRun): Promise<void> {
  const moves = await findMoves(run);
  const [first] = moves;
  if (first === undefined) return;
  const { address, from, to } = first;
  const more: readonly [string, string] =
    moves.length === 1
      ? ["", " が"]
      : [` and ${moves.length - 1} more`, ` ほか ${moves.length - 1} 件が`];
  const number = run.deployment.lab.id.slice(0, 2);
  throw new UserError(
    [
      `${address}${more[0]} would be destroyed in the stack ${from} and made anew in ${to}: your program describes it in ${to}, and it stands in the state of ${from}.`,
      `${address}${more[1]}、スタック ${from} で削除され、${to} で作り直されます。プログラムでは ${to} にありますが、ステートは ${from} のものにあるためです。`,
    ],
    {
      code: "STATE_TO_MOVE",
      exitCode: 1,
      next: [
        `terraform state mv, or for all of them: ./workbook move-state ${number}`,
        `terraform state mv。まとめて移すには: ./workbook move-state ${number}`,
      ],
    },
  );
}

/** In a few words: how many from where to where. */
export function describeMoves(moves: readonly Move[]): Words {
  const groups = Map.groupBy(moves, ({ from, to }) => `${from} → ${to}`);
  return list(Array.from(groups, ([way, { length }]) => `${way} ${length}`));
}

async function placementOf(run: LabRun): Promise<Placement> {
  const states = await readStates(run);
  return { moves: movesBetween(await run.atHand(), states), states };
}

/** The states of all stacks that the program has, or that hold something. */
async function readStates(run: LabRun): Promise<Placement["states"]> {
  const { reader, json } = await run.atHand();
  const { target } = run.deployment;
  const bucket = await run.bucket();
  const held = (await deployedStacks(target)).map(({ id }) => id);
  const s3 = openS3(target);
  try {
    const states = new Map<StackId, StoredState | undefined>();
    for (const id of new Set([...reader.stacks.map((stack) => stack.id), ...held])) {
      const own = json.get(id);
      const key = own === undefined ? usualKey(target.owner, id) : stateKey(own);
      states.set(id, await readJsonObject<StoredState>(s3, bucket, key));
    }
    return states;
  } finally {
    s3.destroy();
  }
}

function movesBetween(
  { reader }: Synthesised,
  states: ReadonlyMap<StackId, State | undefined>,
): readonly Move[] {
  const described = reader.resources.filter(({ kind }) => kind === "resource");
  const describes = (stack: StackId, address: string) =>
    described.some((each) => each.stack === stack && each.address === address);
  const holds = (stack: StackId, address: string) =>
    addressesIn(states.get(stack)).includes(address);
  return [...states].flatMap(([from, state]) =>
    addressesIn(state)
      .filter((address) => !describes(from, address))
      .flatMap((address) => {
        const to = described.find((each) => each.address === address)?.stack;
        return to === undefined || holds(to, address) ? [] : [{ address, from, to }];
      }),
  );
}

const addressOf = ({ type, name }: { readonly type: string; readonly name: string }) =>
  `${type}.${name}`;

/** A stack's state with what moves into it, and nothing taken away yet. */
function received(id: StackId, { moves, states }: Placement): StoredState {
  const arriving = moves.filter(({ to }) => to === id);
  const givers = new Set(arriving.map(({ from }) => from));
  const resources = Array.from(givers, (from) => states.get(from)!).flatMap((state) =>
    (state.resources ?? []).filter(
      (each) =>
        each.mode === "managed" && arriving.some(({ address }) => address === addressOf(each)),
    ),
  );
  const [giver] = givers;
  const { terraform_version } = states.get(giver!)!;
  const own = states.get(id) ?? {
    version: 4,
    serial: 0,
    lineage: randomUUID(),
    terraform_version,
    outputs: {},
    resources: [],
  };
  return { ...own, serial: own.serial + 1, resources: [...(own.resources ?? []), ...resources] };
}

/** The addresses that move out of a stack. */
const leaving = (id: StackId, moves: readonly Move[]): ReadonlySet<string> =>
  new Set(moves.flatMap(({ from, address }) => (from === id ? [address] : [])));

/** A stack's state without what has moved out of it. */
function remaining(state: StoredState, gone: ReadonlySet<string>): StoredState {
  return {
    ...state,
    serial: state.serial + 1,
    resources: (state.resources ?? []).filter(
      (each) => each.mode !== "managed" || !gone.has(addressOf(each)),
    ),
  };
}

async function store(run: LabRun, id: StackId, state: StoredState): Promise<void> {
  await (await run.openState(id)).pushState(JSON.stringify(state, null, 2));
}
