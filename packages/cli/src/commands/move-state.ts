import { describeMoves, LabRun, moveState } from "@workbook/lab-kit/deploy";
import { both } from "@workbook/toolchain";
import { onTarget } from "../command-line/commands.ts";
import { nextStep } from "../output/next.ts";
import type { Session } from "../session.ts";

/**
 * Moves resources between the states of a lab's stacks, so that each stands where the program describes it. What exists is not
 * touched.
 */
export async function moveStateCommand(
  session: Session,
  lab: string | undefined,
  variant: string | undefined,
): Promise<number> {
  const deployment = await session.target.deployment(lab, variant);
  const moves = await moveState(new LabRun(deployment), session.progress);
  const number = deployment.lab.id.slice(0, 2);
  const next = nextStep(onTarget(session, `plan ${number}`));
  session.result(
    { lab: deployment.lab.id, moves },
    moves.length === 0
      ? [
          "Every resource stands in the state of the stack that describes it.",
          "どのリソースも、それを定義しているスタックのステートにあります。",
        ]
      : both`${["Moved", "移動"]}: ${describeMoves(moves)}\n\n${next}`,
  );
  return 0;
}
