import type { Deployment } from "@workbook/lab-kit/deploy/stack";
import type { FoundTools, Target } from "@workbook/lab-kit/deploy/target";
import { inStep } from "@workbook/lab-kit/deploy/reporter";
import {
  findFullHandsOn,
  findLab,
  LabNotFoundError,
  listLabs,
  type Lab,
} from "@workbook/lab-kit/load-lab";
import {
  both,
  findGo,
  findTerraform,
  nodeRuntimeFolder,
  say,
  UserError,
  type Language,
  type Words,
} from "@workbook/toolchain";
import { refuseOtherPlace } from "./cloud/refuse-other-place.ts";
import { findCloud, startCloud, type RunningCloud, type StartOptions } from "./cloud/cloud.ts";
import { requireRoom } from "./disk-room.ts";
import { learnerFolder, learnersStack, type LearnerFolder } from "./learn/learner-folder.ts";
import { settleOwner, type Terminal } from "./learn/owner.ts";
import { requireBegun } from "./learn/require-begun.ts";
import { readProgress } from "./learn/progress-file.ts";
import { formatDuration } from "./output/style.ts";
import { Progress } from "./output/progress.ts";
import { didYouMean, suggest } from "./command-line/suggest.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

/** What every command has: the workspace, how to tell, and when to stop. */
export class Session {
  readonly progress: Progress;
  /** What the reader is spoken to in. */
  readonly language: Language;
  /** Machine output is wanted: one JSON value on standard output. */
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** Where commands act: Local AWS, unless `--target aws`. */
  readonly target: "local" | "aws";
  /** Questions about AWS are answered with yes. */
  readonly yes: boolean;

  #tools: { readonly needs: Lab["needs"]; readonly found: FoundTools } | undefined;
  #isCloudTold = false;
  #workspace: Workspace | undefined;

  constructor(options: {
    language: Language;
    json: boolean;
    signal: AbortSignal;
    target?: "local" | "aws";
    yes?: boolean;
  }) {
    this.language = options.language;
    this.progress = new Progress(options.language, process.stderr, options.signal);
    this.json = options.json;
    this.signal = options.signal;
    this.target = options.target ?? "local";
    this.yes = options.yes ?? false;
  }

  /** The clone; opened when it is first asked for, because not every command minds what is in it. */
  get workspace(): Workspace {
    this.#workspace ??= openWorkspace();
    return this.#workspace;
  }

  /** Words in the reader's language. */
  say(words: Words): string {
    return say(words, this.language);
  }

  /** Writes a result to standard output: `value` as JSON where that is wanted, else the words. */
  result(value: unknown, words: Words): void {
    const text = this.json ? JSON.stringify(value, null, 2) : this.say(words);
    process.stdout.write(`${text}\n`);
  }

  /** The same session, which another signal ends too: a piece of work that is stopped without ending the command. */
  within(signal: AbortSignal): Session {
    const { language, json, target, yes, workspace } = this;
    const signals = AbortSignal.any([this.signal, signal]);
    const session = new Session({ language, json, target, yes, signal: signals });
    session.#workspace = workspace;
    return session;
  }

  /** The learner's own files. */
  get learner(): LearnerFolder {
    return learnerFolder(this.workspace);
  }

  /** The id of the lab that commands take where none is named. */
  fullHandsOn(): Promise<string> {
    return findFullHandsOn(this.workspace.labs);
  }

  /** The lab that is named, else the chapter that was begun last, else the full hands-on. @throws {UserError} where there is no such lab */
  async lab(query: string | undefined): Promise<Lab> {
    const wanted = query ?? readProgress(this.learner).current ?? (await this.fullHandsOn());
    try {
      return await findLab(this.workspace.labs, wanted);
    } catch (error) {
      if (!(error instanceof LabNotFoundError)) throw error;
      throw unknownLab(wanted, listLabs(this.workspace.labs), error);
    }
  }

  /** The cloud, started where it does not run; and Terraform's provider, where an earlier command has met it. */
  async cloud(options: StartOptions = {}): Promise<RunningCloud> {
    // One line a command says where it is.
    const known = this.#isCloudTold ? await findCloud(this.workspace, this.signal) : undefined;
    if (known) return known;
    this.#isCloudTold = true;
    const cloud = await this.#cloud(options);
    const { warmLane } = await import("./lane/workspace-lane.ts");
    await warmLane(this.workspace, cloud, this.progress);
    return cloud;
  }

  #cloud(options: StartOptions): Promise<RunningCloud> {
    return inStep(this.progress, "Local AWS", async (step) => {
      const running = await findCloud(this.workspace, this.signal);
      if (running) {
        refuseOtherPlace(running, this.workspace.config.listeners, options);
        return { summary: running.endpoint, value: running };
      }
      step.detail(["starting", "起動しています"]);
      const cloud = await startCloud(this.workspace, { ...options, signal: this.signal });
      return { summary: both`${cloud.endpoint}, ${["started", "起動しました"]}`, value: cloud };
    });
  }

  /** The cloud that runs. @throws {UserError} where none does */
  async runningCloud(): Promise<RunningCloud> {
    const cloud = await findCloud(this.workspace);
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
    const found = await this.#findTools(needs);
    this.#tools = { needs, found };
    return found;
  }

  #findTools(needs: Lab["needs"]): Promise<FoundTools> {
    return inStep(this.progress, ["Tools", "ツール"], async (step) => {
      requireRoom(this.workspace.state);
      const options = {
        root: this.workspace.root,
        signal: this.signal,
        onProgress: ({
          tool,
          version,
          receivedBytes,
          elapsedMs,
        }: {
          tool: string;
          version: string;
          receivedBytes: number;
          elapsedMs: number;
        }) =>
          step.detail(
            both`${["fetching", "取得しています:"]} ${tool} ${version}: ${Math.round(receivedBytes / 1e6)} MB, ${formatDuration(elapsedMs)}`,
          ),
      };
      const terraform = await findTerraform(options);
      const go = needs.includes("go") ? await findGo(options) : undefined;
      const node = await nodeRuntimeFolder(options);
      const names = [terraform, ...(go ? [go] : [])].map(
        ({ name, version }) => `${name} ${version}`,
      );
      return {
        summary: [...names, `node ${process.versions.node}`].join(", "),
        value: {
          terraform: terraform.path,
          build: { node: `${node}/node`, npm: `${node}/npm`, go: go?.path, path: [node] },
        },
      };
    });
  }

  /** The terminal, where a person can be asked. */
  get terminal(): Terminal | undefined {
    const { stdin: input, stderr: output } = process;
    return !this.json && input.isTTY && output.isTTY ? { input, output } : undefined;
  }

  /** Settles who does the labs: what follows makes names of it. Nobody is `asked` for a solution that runs locally. */
  async owner(asked = true): Promise<void> {
    const terminal = asked ? this.terminal : undefined;
    const owner = await settleOwner(this.workspace, terminal, this.signal, this.language);
    this.#workspace = { ...this.workspace, config: { ...this.workspace.config, owner } };
  }

  async #aws(): Promise<Target> {
    const { awsTarget } = await import("./aws/aws-target.ts");
    return inStep(this.progress, "AWS", async () => {
      const value = await awsTarget(this.workspace, this.terminal, this.signal, this.language);
      return {
        summary: both`${["account", "アカウント"]} ${value.account.account}, ${value.region}`,
        value,
      };
    });
  }

  #ownVariant(query: string | undefined, lab: Lab): string {
    const isWhatRunDeploys =
      query === undefined && readProgress(this.learner).current === undefined;
    return isWhatRunDeploys
      ? (learnersStack(this.learner, lab.id) ?? "solution")
      : requireBegun(this, lab.id, [
          " With --variant solution the same command takes the reference answer.",
          "--variant solution を付けると、模範解答を使います。",
        ]);
  }

  /**
   * Everything that deploying a lab's variant to the target needs.
   *
   * @param given left out, it is the learner's copy; before any chapter was begun, what `run` deploys
   * @throws {UserError} where nothing is given, and a chapter is named that was not begun
   */
  async deployment(
    query: string | undefined,
    given: string | undefined,
  ): Promise<Deployment & { readonly cloud: RunningCloud | undefined }> {
    const lab = await this.lab(query);
    const variant = given ?? this.#ownVariant(query, lab);
    await this.owner(this.target === "aws" || variant !== "solution");
    const tools = await this.tools(lab);
    const cloud = this.target === "local" ? await this.cloud() : undefined;
    const { targetWithLane } = await import("./lane/workspace-lane.ts");
    const target = cloud
      ? await targetWithLane(this.workspace, cloud, this.progress)
      : await this.#aws();
    const { root, state } = this.workspace;
    return {
      lab,
      variant,
      target,
      directories: { root, state },
      tools,
      signal: this.signal,
      cloud,
    };
  }
}

function unknownLab(typed: string, labs: readonly string[], cause: Error): UserError {
  const words = labs.map((id) => id.slice(3));
  const word = suggest(typed, [...labs, ...words]);
  const meant = labs.find((id) => id === word || id.slice(3) === word);
  const next = meant === undefined ? "./workbook list" : `./workbook start ${meant}`;
  const known = labs.join(", ");
  return new UserError(
    both`${[
      `There is no chapter "${typed}": choose one of ${known}.`,
      `"${typed}" という章はありません。次から選んでください: ${known}。`,
    ]}${didYouMean(meant)}`,
    { code: "LAB_UNKNOWN", next, exitCode: 2, cause },
  );
}
