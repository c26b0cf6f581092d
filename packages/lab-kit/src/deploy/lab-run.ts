import type { Words } from "@workbook/toolchain";
import { placeInProgram } from "../program/explain-output.ts";
import { requireRight, requireTypes } from "../program/read-program.ts";
import type { PushedImage } from "../synth.ts";
import type { TerraformEvent } from "../terraform/events.ts";
import { TerraformError } from "../terraform/terraform-error.ts";
import type { Changes, Terraform } from "../terraform/terraform.ts";
import { isAwsItself } from "./docker-images.ts";
import { groundworkOf } from "./groundwork.ts";
import type { BuiltApp } from "./images.ts";
import { planKey, readPlanRecord, writePlanRecord, type PlanRecord } from "./plan-record.ts";
import { namesBeforeBuild, RunImages } from "./run-images.ts";
import {
  placeStack,
  stackDirectory,
  synthesiseStacks,
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
  readonly #synthesised = new Map<string, Promise<Synthesised>>();

  /** @param images what images are called, where that is known without building any */
  constructor(deployment: Deployment, images?: readonly PushedImage[]) {
    this.interrupt = deployment.signal;
    const signals = [deployment.signal, this.#giveUp.signal].filter((each) => each !== undefined);
    this.deployment = { ...deployment, signal: AbortSignal.any(signals) };
    this.#images = new RunImages(this.deployment, images);
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
    if (!this.#images.isBuilt) await this.#beforeBuild();
  }

  /** All stacks, with the images' names of now. @throws {SynthesisError} */
  async synthesised(): Promise<Synthesised> {
    return this.#with(
      this.deployment.lab.stacks.includes("service") ? await this.#images.names() : [],
    );
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
    if (id === "service") await this.#requirePorts(await this.synthesised());
    await this.#keepWayBack();
    return this.#ask(id, onEvent, (terraform) => terraform.apply());
  }

  /**
   * Makes that part of the service stack which needs no image, while those are built: Terraform waits a minute for a load
   * balancer. Only for a stack that is not there yet; and not on AWS itself, where images have to be there first.
   */
  async applyGroundwork(onEvent?: Listener): Promise<Changes> {
    const { deployment } = this;
    if (isAwsItself(deployment.target) || wasApplied(deployment, "service")) return NO_CHANGES;
    const synthesised = await this.#beforeBuild();
    const targets = groundworkOf(synthesised.reader, namesBeforeBuild(deployment));
    if (targets.length === 0) return NO_CHANGES;
    await this.#requirePorts(synthesised);
    await this.#keepWayBack();
    // What it warns of, that this is a part, ends with the whole.
    const withoutWarnings: Listener = (event) => {
      if (event.type !== "diagnostic" || event.severity === "error") onEvent?.(event);
    };
    const json = synthesised.json.get("service")!;
    const terraform = await this.#place("service", json, withoutWarnings);
    try {
      return (await terraform.apply(targets)).changes;
    } catch (error) {
      throw told(error, "service", synthesised);
    }
  }

  /** Takes away everything in a stack's state. */
  async destroy(id: StackId, onEvent?: Listener): Promise<Changes> {
    const terraform = await this.#place(id, await this.#json(id), onEvent);
    return terraform.destroy();
  }

  /** A stack's JSON. The one that makes the repositories names no image, so it does not wait for any to be built. */
  async #json(id: StackId): Promise<string> {
    const { json, reader } = await this.#stacksFor(id);
    requireRight(reader);
    return json.get(id)!;
  }

  #stacksFor(id: StackId): Promise<Synthesised> {
    return id === "images" && !this.#images.isNamed ? this.#beforeBuild() : this.synthesised();
  }

  /** All stacks, with names that stand for images. @throws {SynthesisError} */
  async #beforeBuild(): Promise<Synthesised> {
    const hasService = this.deployment.lab.stacks.includes("service");
    const synthesised = await this.#with(hasService ? namesBeforeBuild(this.deployment) : []);
    requireRight(synthesised.reader);
    return synthesised;
  }

  #with(images: readonly PushedImage[]): Promise<Synthesised> {
    const key = images.map(({ image }) => image).join(" ");
    const found = this.#synthesised.get(key);
    if (found) return found;
    const made = synthesiseStacks(this.deployment, images);
    this.#synthesised.set(key, made);
    return made;
  }

  async #place(id: StackId, json: string, onEvent: Listener | undefined): Promise<Terraform> {
    return placeStack(this.deployment, id, await this.bucket(), json, onEvent);
  }

  #keepWayBack(): Promise<void> {
    this.#checkpoint ??= this.deployment.target.checkpoint?.take() ?? Promise.resolve();
    return this.#checkpoint;
  }

  async #requirePorts({ reader }: Synthesised): Promise<void> {
    const ports = reader.all("aws_lb_listener").map(({ attributes }) => Number(attributes["port"]));
    await this.deployment.target.requireListenerPorts?.(ports.filter(Number.isInteger));
  }

  async #ask<T extends Omit<PlanRecord, "key">>(
    id: StackId,
    onEvent: Listener | undefined,
    question: (terraform: Terraform) => Promise<T>,
  ): Promise<T & { isKnown: false }> {
    const terraform = await this.#place(id, await this.#json(id), onEvent);
    const before = await this.#key(id);
    const answer = await question(terraform).catch(async (error: unknown) => {
      throw told(error, id, await this.#stacksFor(id));
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
    return planKey(await this.#json(id), revision, tools.terraform);
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
