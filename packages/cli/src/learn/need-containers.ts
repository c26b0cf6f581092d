import type { Lab, LabManifest } from "@workbook/lab-kit";
import type { TaskTier } from "@workbook/local-aws";
import { both, UserError, type ToolOptions, type Words } from "@workbook/toolchain";
import { findCloud } from "../cloud/cloud.ts";
import { whyNoContainers } from "../cloud/container-runtime.ts";
import { describeNoRoom } from "../cloud/task-tier.ts";
import type { Session } from "../session.ts";
import { chapterNumber } from "./chapters.ts";

/** How tasks would run in a new cloud of this machine; found out by trying where nobody has chosen. */
export async function tierOf(
  chosen: TaskTier["driver"] | undefined,
  options: ToolOptions,
): Promise<TaskTier> {
  if (chosen !== undefined) return { driver: chosen };
  const missing = await whyNoContainers(options);
  return missing ? { driver: "process", missing } : { driver: "containers" };
}

/**
 * Ends a command that would make something of a chapter whose tasks cannot run here.
 *
 * @throws {UserError} where the chapter needs containers and the local cloud runs none
 */
export async function requireContainers(
  session: Pick<Session, "workspace" | "target">,
  lab: Lab,
): Promise<void> {
  if (!lab.needsContainers || session.target.name === "aws") return;
  const { workspace } = session;
  const running = await findCloud(workspace);
  const known = running?.health["tasks"] as TaskTier | undefined;
  const tier = known ?? (await tierOf(workspace.config.tasks, { root: workspace.root }));
  if (tier.driver !== "containers") throw containersNeeded(lab, tier);
}

/** What to say of a chapter that needs containers, where tasks run otherwise. */
export function containersNeeded({ id }: Pick<Lab, "id">, tier: TaskTier): UserError {
  const number = chapterNumber(id);
  const why: Words = tier.missing
    ? both`: ${describeNoRoom(tier.missing)}`
    : [`: --tasks ${tier.driver} was chosen`, `: --tasks ${tier.driver} が選ばれています`];
  return new UserError(
    both`${[
      `Chapter ${number} needs tasks that are containers, and here they are not`,
      `第 ${number} 章のタスクはコンテナとして動く必要がありますが、ここではそうなっていません`,
    ]}${why}`,
    {
      code: "CONTAINERS_NEEDED",
      next: tier.missing
        ? "./workbook doctor"
        : "./workbook cloud down; ./workbook cloud up --tasks containers",
      exitCode: 3,
    },
  );
}

/** The chapters that need containers, by number: `09, 15`; empty where none does. */
export function chaptersWithContainers(labs: readonly LabManifest[]): string {
  return labs
    .filter(({ needsContainers }) => needsContainers)
    .map(({ id }) => chapterNumber(id))
    .join(", ");
}
