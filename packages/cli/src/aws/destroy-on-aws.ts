import { connectAws, disconnectAws, inStep } from "@workbook/lab-kit";
import {
  type DeployedStack,
  type Deployment,
  destroy,
  ensureStateBucket,
  findLeftovers,
  type Leftover,
} from "@workbook/lab-kit/deploy";
import { both, list, type Words } from "@workbook/toolchain";
import type { Session } from "../session.ts";
import { confirmOnAws } from "./confirm.ts";
import { nextStep } from "../output/next.ts";
import { countLeft } from "../output/count-left.ts";

/**
 * Takes away what the owner's stacks made on AWS, and reports what still has the owner's tags. 0 where that is nothing.
 *
 * @param held the stacks that hold something
 */
export async function destroyOnAws(
  session: Session,
  deployment: Deployment,
  held: readonly DeployedStack[],
): Promise<number> {
  const { lab, target } = deployment;
  await confirmOnAws(session, deployment, "destroy", { held });
  const changes = await destroy(deployment, session.progress);
  const left = await inStep(
    session.progress,
    ["What is left, by tag", "残っているもの (タグで検索)"],
    async () => {
      const aws = await connectAws(target.connection);
      try {
        const value = await findLeftovers(aws, target.owner);
        return { summary: countLeft(value.length), value };
      } finally {
        disconnectAws(aws);
      }
    },
  );
  const bucket = await ensureStateBucket(target);
  session.result(
    { lab: lab.id, changes, left, bucket },
    list(
      [
        describe(left, target.owner),
        [
          `The S3 bucket ${bucket} stays: it holds the (now empty) states, and next to nothing is paid for it.`,
          `S3 バケット ${bucket} は残ります。(空になった) ステートが入っていて、料金はほとんどかかりません。`,
        ],
        nextStep("./workbook"),
      ],
      "\n\n",
    ),
  );
  return left.length === 0 ? 0 : 1;
}

function describe(left: readonly Leftover[], owner: string): Words {
  const tags = `Owner=${owner}`;
  if (left.length === 0)
    return [
      `\nNothing in this region has the tags ${tags} and Project=ecs-workbook any more.`,
      `\nこのリージョンに、タグ ${tags} と Project=ecs-workbook の付いたものはもうありません。`,
    ];
  const found = left.flatMap(({ type, id, note }): Words[] => [
    `  ${type}  ${id}`,
    ...(note === undefined ? [] : [both`    ${note}`]),
  ]);
  return list(
    [
      [
        `\nThese still have the tags ${tags} and Project=ecs-workbook, or were made beside, and may cost money:`,
        `\nタグ ${tags} と Project=ecs-workbook の付いたもの、またはそれとともに作られたものが残っています。料金がかかることがあります:`,
      ],
      ...found,
    ],
    "\n",
  );
}
