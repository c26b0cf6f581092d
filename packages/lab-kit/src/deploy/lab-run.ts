import type { Words } from "@workbook/toolchain";
import { placeInProgram } from "../program/explain-output.ts";
import { requireTypes } from "../program/read-program.ts";
import type { PushedImage } from "../synth.ts";
import type { SynthStack } from "../synth-reader.ts";
import type { TerraformEvent } from "../terraform/events.ts";
import { TerraformError } from "../terraform/terraform-error.ts";
import type { Changes, Terraform } from "../terraform/terraform.ts";
import { isAwsItself } from "./docker-images.ts";
import { groundworkOf } from "./groundwork.ts";
import type { BuiltApp } from "./images.ts";
import { planKey, readPlanRecord, writePlanRecord, type PlanRecord } from "./plan-record.ts";
import { namesBeforeBuild, RunImages } from "./run-images.ts";
import { RunStacks } from "./run-stacks.ts";
import {
  placeStack,
  stackDirectory,
  wasApplied,
  type Deployment,
  type StackId,
  type Synthesised,
} from "./stack.ts";
import {
  NO_CHANGES,
  isNothing,
  plannedOutputs,
  type StackAnswer,
  type StackPlan,
} from "./stack-answer.ts";
import { ensureStateBucket } from "./state-bucket.ts";
import { stateAlone } from "./state-objects.ts";

type Listener = (event: TerraformEvent) => void;

/**
 * What one command finds out of a lab as it is to be deployed, each thing once: its images are built and named, its stacks
 * synthesised. A stack whose code, state and cloud are what they were when Terraform looked last is not asked again.
 */
export class LabRun {
  readonly deployment: Deployment;
  /** Interrupts the command; what is given up has not been interrupted. */
  readonly interrupt: AbortSignal | undefined;
  readonly #images: RunImages;
  readonly #giveUp = new AbortController();
  #bucket: Promise<string> | undefined;
  #checkpoint: Promise<void> | undefined;
  readonly #stacks: RunStacks;

  /** @param images what images are called, where that is known without building any */
  constructor(deployment: Deployment, images?: readonly PushedImage[]) {
    this.interrupt = deployment.signal;
    const signals = [deployment.signal, this.#giveUp.signal].filter((each) => each !== undefined);
    this.deployment = { ...deployment, signal: AbortSignal.any(signals) };
    this.#images = new RunImages(this.deployment, images);
    this.#stacks = new RunStacks(this.deployment, this.#images);
  }

  /** Ends all that is under way: it has become of no use. */
  giveUp(): void {
    this.#giveUp.abort();
  }

  /** The images of the lab's apps; a failure shows to whoever waits for them. */
  built(): Promise<BuiltApp[]> {
    return this.#images.built();
  }

  /** Whether the images have been built. */
  get isBuilt(): boolean {
    return this.#images.isBuilt;
  }

  /** Tells what building does now, and from now on. */
  follow(listener: (what: Words) => void): void {
    this.#images.follow(listener);
  }

  /** The images in those repositories that exist. */
  inRepositories(): Promise<readonly PushedImage[]> {
    return this.#images.inRepositories();
  }

  /** Pushes the images into those repositories that exist, and answers what they are called there. */
  push(onDetail: (what: Words) => void): Promise<readonly PushedImage[]> {
    return this.#images.push(onDetail);
  }

  /** Resolves when nothing is being built any more. */
  settled(): Promise<void> {
    return this.#images.settled();
  }

  /** The bucket that holds the states, made where there is none. */
  bucket(): Promise<string> {
    this.#bucket ??= ensureStateBucket(this.deployment.target);
    return this.#bucket;
  }

  /**
   * Refuses a program that cannot be read, as soon as that is known: no image is waited for, and building goes on meanwhile.
   * @throws {SynthesisError}
   */
  async requireReadable(): Promise<void> {
    await requireTypes(this.deployment.variant);
    // With images at hand the program runs with their names in a moment.
    if (!this.#images.isBuilt) await this.#stacks.beforeBuild();
  }

  /** All stacks, with the images' names of now. @throws {SynthesisError} */
  synthesised(): Promise<Synthesised> {
    return this.#stacks.now();
  }

  /** The same without waiting for an image: with names that stand for them where those are not known yet. @throws {SynthesisError} */
  atHand(): Promise<Synthesised> {
    return this.#stacks.atHand();
  }

  /** The stacks in the order in which they are applied, and what each needs; no image is waited for. @throws {SynthesisError} */
  async stacks(): Promise<readonly SynthStack[]> {
    return (await this.atHand()).reader.stacks;
  }

  /** Whether a stack names an image, and so cannot be made before that is there. */
  namesImages(id: StackId): Promise<boolean> {
    return this.#stacks.namesImages(id);
  }

  /** What an apply of a stack would do. */
  async plan(id: StackId, onEvent?: Listener): Promise<StackPlan> {
    const known = await this.#known(id);
    if (known?.shown !== undefined) return { ...known, shown: known.shown, isKnown: true };
    return this.#ask(id, onEvent, async (terraform) => {
      const { show, ...changes } = await terraform.plan();
      const shown = await show();
      return { changes, shown, outputs: plannedOutputs(shown) };
    });
  }

  /** Makes the cloud what a stack says, after keeping a way back. */
  async apply(id: StackId, onEvent?: Listener): Promise<StackAnswer> {
    const known = await this.#known(id);
    if (known && isNothing(known.changes)) return { ...known, isKnown: true };
    await this.#requirePorts(id, await this.#stacks.asIs(id));
    await this.#keepWayBack();
    return this.#ask(id, onEvent, (terraform) => terraform.apply());
  }

  /**
   * Makes that part of a stack which needs no image, while those are built: Terraform waits a minute for a load
   * balancer. Only for a stack that is not there yet; and not on AWS itself, where images have to be there first.
   */
  async applyGroundwork(id: StackId, onEvent?: Listener): Promise<Changes> {
    const { deployment } = this;
    if (isAwsItself(deployment.target) || wasApplied(deployment, id)) return NO_CHANGES;
    const synthesised = await this.#stacks.beforeBuild();
    const targets = groundworkOf(synthesised.reader, id, namesBeforeBuild(deployment));
    if (targets.length === 0) return NO_CHANGES;
    await this.#requirePorts(id, synthesised);
    await this.#keepWayBack();
    // What it warns of, that this is a part, ends with the whole.
    const withoutWarnings: Listener = (event) => {
      if (event.type !== "diagnostic" || event.severity === "error") onEvent?.(event);
    };
    const json = synthesised.json.get(id)!;
    const terraform = await this.#place(id, json, withoutWarnings);
    try {
      return (await terraform.apply(targets)).changes;
    } catch (error) {
      throw told(error, id, synthesised);
    }
  }

  /** Takes away everything in a stack's state, be it a stack of this program or one that another has left. */
  async destroy(id: StackId, onEvent?: Listener): Promise<Changes> {
    return (await this.openState(id, onEvent)).destroy();
  }

  /** Puts a stack in its place, for whoever asks Terraform by hand. @throws {SynthesisError} */
  async place(id: StackId, onEvent?: Listener): Promise<void> {
    await this.#place(id, await this.#stacks.json(id), onEvent);
  }

  /** Terraform on the state of a stack, with nothing but provider and backend. */
  async openState(id: StackId, onEvent?: Listener): Promise<Terraform> {
    const { owner } = this.deployment.target;
    return this.#place(id, stateAlone(await this.atHand(), id, owner), onEvent);
  }

  async #place(id: StackId, json: string, onEvent: Listener | undefined): Promise<Terraform> {
    return placeStack(this.deployment, id, await this.bucket(), json, onEvent);
  }

  #keepWayBack(): Promise<void> {
    this.#checkpoint ??= this.deployment.target.checkpoint?.take() ?? Promise.resolve();
    return this.#checkpoint;
  }

  async #requirePorts(id: StackId, { reader }: Synthesised): Promise<void> {
    const listeners = reader.all("aws_lb_listener").filter(({ stack }) => stack === id);
    if (listeners.length === 0) return;
    const ports = listeners.map(({ attributes }) => Number(attributes["port"]));
    await this.deployment.target.requireListenerPorts?.(ports.filter(Number.isInteger));
  }

  async #ask<T extends Omit<PlanRecord, "key">>(
    id: StackId,
    onEvent: Listener | undefined,
    question: (terraform: Terraform) => Promise<T>,
  ): Promise<T & { isKnown: false }> {
    const terraform = await this.#place(id, await this.#stacks.json(id), onEvent);
    const before = await this.#key(id);
    const answer = await question(terraform).catch(async (error: unknown) => {
      throw told(error, id, await this.#stacks.asIs(id));
    });
    // An answer is worth keeping where nobody has changed anything while Terraform looked, itself included.
    if (before !== undefined && before === (await this.#key(id)))
      writePlanRecord(this.#directory(id), { key: before, ...answer });
    return { ...answer, isKnown: false };
  }

  async #known(id: StackId): Promise<PlanRecord | undefined> {
    const key = await this.#key(id);
    return key === undefined ? undefined : readPlanRecord(this.#directory(id), key);
  }

  /** Undefined where the cloud does not say whether anything has changed. */
  async #key(id: StackId): Promise<string | undefined> {
    const { target, tools } = this.deployment;
    const revision = await target.revision?.();
    if (revision === undefined) return undefined;
    return planKey(await this.#stacks.json(id), revision, tools.terraform);
  }

  #directory(id: StackId): string {
    return stackDirectory(this.deployment.directories, this.deployment.target, id);
  }
}

/** What Terraform says, with the lines of the program that it is about. */
function told(error: unknown, id: StackId, { reader }: Synthesised): unknown {
  if (!(error instanceof TerraformError)) return error;
  return error.at((address, attribute) => placeInProgram(reader, id, address, attribute));
}
