import { both, UserError } from "@workbook/toolchain";
import type { Deployment } from "@workbook/lab-kit/deploy";
import type { FoundTools, Lab, Target } from "@workbook/lab-kit";
import type { RunningCloud, StartOptions } from "../cloud/cloud.ts";
import type { Session } from "../session.ts";

/** Where commands act: Local AWS, unless `--target aws`. */
export type TargetName = "local" | "aws";

/** A deployment, and the cloud of this machine that it goes to. */
export type SessionDeployment = Deployment & { readonly cloud: RunningCloud | undefined };

/**
 * The target that was chosen for a command, made ready as far as the command asks for it. What a step has found is not looked for,
 * or told of, again; what it is found with is loaded when it is asked for.
 */
export class ChosenTarget {
  readonly name: TargetName;
  readonly #session: Session;
  #tools: { readonly needs: Lab["needs"]; readonly found: FoundTools } | undefined;
  #isCloudTold = false;

  constructor(name: TargetName, session: Session) {
    this.name = name;
    this.#session = session;
  }

  /** The cloud, started where it does not run; and Terraform's provider, where an earlier command has met it. */
  async cloud(options: StartOptions = {}): Promise<RunningCloud> {
    const { workspace, progress, signal } = this.#session;
    const { findCloud } = await import("../cloud/cloud.ts");
    // One line a command says where it is.
    const known = this.#isCloudTold ? await findCloud(workspace, signal) : undefined;
    if (known) return known;
    this.#isCloudTold = true;
    const { openCloud } = await import("../cloud/open-cloud.ts");
    const cloud = await openCloud(workspace, progress, { ...options, signal });
    const { warmLane } = await import("../lane/workspace-lane.ts");
    await warmLane(workspace, cloud, progress);
    return cloud;
  }

  /** The cloud that runs. @throws {UserError} where none does */
  async runningCloud(): Promise<RunningCloud> {
    const { findCloud } = await import("../cloud/cloud.ts");
    const cloud = await findCloud(this.#session.workspace);
    if (cloud) return cloud;
    throw new UserError(["Local AWS is not running.", "Local AWS は動いていません。"], {
      code: "CLOUD_DOWN",
      next: "./workbook cloud up",
    });
  }

  /** Terraform, and what images are built with; fetched where the machine has none. */
  async tools({ needs }: Pick<Lab, "needs">): Promise<FoundTools> {
    const known = this.#tools;
    if (known && needs.every((need) => known.needs.includes(need))) return known.found;
    const { findTools } = await import("./find-tools.ts");
    const found = await findTools(this.#session, needs);
    this.#tools = { needs, found };
    return found;
  }

  /** Settles who does the labs: what follows makes names of it. Nobody is `asked` for a solution that runs locally. */
  async owner(asked = true): Promise<string> {
    const { workspace, terminal, signal, language } = this.#session;
    const { settleOwner } = await import("../learn/owner.ts");
    return settleOwner(workspace, asked ? terminal : undefined, signal, language);
  }

  /** Where what is deployed is asked for, and as whom; nothing is started for it. @throws {UserError} where Local AWS does not run */
  async reach(): Promise<Target> {
    await this.owner(this.name === "aws");
    if (this.name === "aws") return this.#aws();
    const { localTarget } = await import("./local-target.ts");
    return localTarget(this.#session.workspace, await this.runningCloud());
  }

  /**
   * Everything that deploying a lab's variant to the target needs.
   *
   * @param given left out, it is the learner's copy; before any chapter was begun, what `run` deploys
   * @throws {UserError} where nothing is given, and a chapter is named that was not begun, or its tasks cannot run here
   */
  async deployment(
    query: string | undefined,
    given: string | undefined,
  ): Promise<SessionDeployment> {
    const { workspace, progress, signal } = this.#session;
    const { chosenLab, ownVariant } = await import("../learn/chosen-lab.ts");
    const lab = await chosenLab(this.#session, query);
    const variant = given ?? ownVariant(this.#session, query, lab);
    const { requireContainers } = await import("../learn/need-containers.ts");
    await requireContainers(this.#session, lab);
    await this.owner(this.name === "aws" || variant !== "solution");
    const tools = await this.tools(lab);
    const cloud = this.name === "local" ? await this.cloud() : undefined;
    if (cloud && lab.publicImages) {
      const { preparePublicImages } = await import("../cloud/public-images.ts");
      await preparePublicImages(this.#session, lab.publicImages);
    }
    const { targetWithLane } = await import("../lane/workspace-lane.ts");
    const target = cloud
      ? await targetWithLane(workspace, cloud, progress)
      : await this.#awsInStep();
    const { root, state } = workspace;
    return { lab, variant, target, directories: { root, state }, tools, signal, cloud };
  }

  async #aws() {
    const { workspace, terminal, signal, language } = this.#session;
    const { awsTarget } = await import("../aws/aws-target.ts");
    return awsTarget(workspace, terminal, signal, language);
  }

  async #awsInStep(): Promise<Target> {
    const { inStep } = await import("@workbook/lab-kit");
    return inStep(this.#session.progress, "AWS", async () => {
      const value = await this.#aws();
      const { account, region } = value;
      return {
        summary: both`${["account", "アカウント"]} ${account.account}, ${region}`,
        value,
      };
    });
  }
}
