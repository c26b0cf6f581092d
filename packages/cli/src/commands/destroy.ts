import { existsSync } from "node:fs";
import {
  type DeployedStack,
  deployedStacks,
  type Deployment,
  destroy,
  stackDirectory,
} from "@workbook/lab-kit/deploy";
import { inStep, pollUntil } from "@workbook/lab-kit";
import { both, list, type Words } from "@workbook/toolchain";
import { destroyOnAws } from "../aws/destroy-on-aws.ts";
import { madeByHand, readTopology, type TopologyNode } from "../cloud/topology.ts";
import { forgetWhatRan } from "../learn/publish-report.ts";
import type { Session } from "../session.ts";
import { nextStep } from "../output/next.ts";
import { countLeft } from "../output/count-left.ts";
import { chosenLab, fullHandsOn } from "../learn/chosen-lab.ts";

/** How long the last tasks may take to stop: stopTimeout is 30 s at most by default, and is never shortened. */
const STOP_DEADLINE_MS = 120_000;

/** Takes away what a lab made, and says whether anything is left. */
export async function destroyCommand(session: Session, lab: string | undefined): Promise<number> {
  const named = await session.target.deployment(lab, "solution");
  // An account may hold what was deployed from another machine.
  const held = named.target.name === "aws" ? await deployedStacks(named.target) : [];
  const deployment = await withEveryStack(session, named, held);
  if (!deployment.cloud) return destroyOnAws(session, deployment, held);
  const changes = await destroy(deployment, session.progress);
  await forgetWhatRan(session.workspace);
  const left = await lookForRest(session, deployment.cloud.endpoint);
  const number = named.lab.id.slice(0, 2);
  session.result(
    { lab: named.lab.id, changes, left: left.map(({ kind, id }) => ({ kind, id })) },
    both`${describe(left)}\n\n${nextStep(`./workbook run ${number}`, "./workbook cloud down")}`,
  );
  return 0;
}

/**
 * Labs share their stacks. Where a stack holds something, or was ever worked on, that the named lab does not know, the
 * full hands-on, which knows all, takes its place: what a later lab has deployed would stay otherwise.
 */
async function withEveryStack<T extends Deployment>(
  session: Session,
  named: T,
  held: readonly DeployedStack[],
): Promise<T> {
  const all = await chosenLab(session, await fullHandsOn(session));
  const forgotten = all.stacks.filter((id) => !named.lab.stacks.includes(id));
  const { directories, target } = named;
  const wasWorkedOn = forgotten.some(
    (id) =>
      held.some((stack) => stack.id === id) || existsSync(stackDirectory(directories, target, id)),
  );
  return wasWorkedOn ? { ...named, lab: all } : named;
}

/** What the cloud still holds, once the last task has stopped. */
function lookForRest(session: Session, endpoint: string): Promise<readonly TopologyNode[]> {
  return inStep(session.progress, ["What is left", "残っているもの"], async (step) => {
    const { last } = await pollUntil(
      async () => {
        session.signal.throwIfAborted();
        const resources = await readTopology(endpoint);
        const running = resources.filter(({ kind }) => kind === "ecs.task").length;
        if (running > 0)
          step.detail([
            `waiting for ${running} tasks to stop`,
            `タスク ${running} つが止まるのを待っています`,
          ]);
        return { resources, running };
      },
      ({ running }) => running === 0,
      { deadlineMs: STOP_DEADLINE_MS },
    );
    const value = madeByHand(last.resources);
    return { summary: countLeft(value.length), value };
  });
}

function describe(left: readonly TopologyNode[]): Words {
  if (left.length === 0)
    return [
      "\nNothing is left: the cloud holds what a new account has, and no task runs.",
      "\n何も残っていません。クラウドには新しいアカウントにあるものだけがあり、タスクは動いていません。",
    ];
  const lines = left.slice(0, 20).map(({ kind, id }) => `  ${kind}  ${id}`);
  const rest = left.length - 20;
  const more: Words[] = rest > 0 ? [[`  and ${rest} more`, `  ほか ${rest} 件`]] : [];
  const gone: Words = [
    "\nThe lab is gone. Left is what it has not made:",
    "\nラボを削除しました。ラボが作ったものではないので残っているもの:",
  ];
  return list([gone, ...lines, ...more], "\n");
}
