import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Words } from "@workbook/toolchain";
import { placeInProgram } from "../program/explain-output.ts";
import { requireRight } from "../program/read-program.ts";
import { synthesise, type PushedImage } from "../synth.ts";
import type { SynthReader } from "../synth-reader.ts";
import type { TerraformEvent } from "../terraform/events.ts";
import { TerraformError } from "../terraform/terraform-error.ts";
import type { Changes } from "../terraform/terraform.ts";
import { buildApps, nameApps, pushApps, type BuiltApp } from "./images.ts";
import { planKey, readPlanRecord, writePlanRecord, type PlanRecord } from "./plan-record.ts";
import { placeStack, stackDirectory, type Deployment, type StackId } from "./stack.ts";
import { ensureStateBucket } from "./state-bucket.ts";

/** The stacks of a lab as Terraform JSON. */
export interface Synthesised {
  readonly reader: SynthReader;
  readonly json: ReadonlyMap<StackId, string>;
}

/** What Terraform said of a stack. */
export interface StackAnswer {
  readonly changes: Changes;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Nothing has changed since it was asked last, so it was not asked again. */
  readonly isKnown: boolean;
}

/** A plan, for whoever looks closer. */
export interface StackPlan extends StackAnswer {
  /** As `terraform show -json` has it. */
  readonly shown: unknown;
}

type Listener = (event: TerraformEvent) => void;

/**
 * What one command finds out of a lab as it is to be deployed, each thing once: its images are built and named, its stacks
 * synthesised. A stack whose code, state and cloud are what they were when Terraform looked last is not asked again.
 */
export class LabRun {
  readonly deployment: Deployment;
  #built: Promise<BuiltApp[]> | undefined;
  #named: Promise<readonly PushedImage[]> | undefined;
  #isBuilt = false;
  #isNamed = false;
  #bucket: Promise<string> | undefined;
  #checkpoint: Promise<void> | undefined;
  #last: Words = "";
  #tell: ((what: Words) => void) | undefined;
  readonly #synthesised = new Map<string, Promise<Synthesised>>();

  /** @param images what images are called, where that is known without building any */
  constructor(deployment: Deployment, images?: readonly PushedImage[]) {
    this.deployment = deployment;
    if (images) this.#name(Promise.resolve(images));
  }

  /** The images of the lab's apps; a failure shows to whoever waits for them. */
  built(): Promise<BuiltApp[]> {
    if (this.#built) return this.#built;
    this.#built = buildApps(this.deployment, (what) => {
      this.#last = what;
      this.#tell?.(what);
    });
    this.#built.then(
      () => (this.#isBuilt = true),
      () => {},
    );
    return this.#built;
  }

  /** Whether the images have been built. */
  get isBuilt(): boolean {
    return this.#isBuilt;
  }

  /** Tells what building does now, and from now on. */
  follow(listener: (what: Words) => void): void {
    this.#tell = listener;
    listener(this.#last);
  }

  /** Names of the images as they are, or will be once there is a repository; none is pushed for it. */
  images(): Promise<readonly PushedImage[]> {
    return this.#named ?? this.#name(this.#expectedNames());
  }

  /** The images in those repositories that exist. */
  async inRepositories(): Promise<readonly PushedImage[]> {
    return nameApps(this.deployment, await this.built());
  }

  /** Pushes the images into those repositories that exist, and answers what they are called there. */
  async push(onDetail: (what: Words) => void): Promise<readonly PushedImage[]> {
    const pushed = await pushApps(this.deployment, await this.built(), onDetail);
    if (pushed.length === this.deployment.lab.apps.length) this.#name(Promise.resolve(pushed));
    return pushed;
  }

  /** The bucket that holds the states, made where there is none. */
  bucket(): Promise<string> {
    this.#bucket ??= ensureStateBucket(this.deployment.target);
    return this.#bucket;
  }

  /** All stacks, with the images' names of now. @throws {SynthesisError} */
  async synthesised(): Promise<Synthesised> {
    return this.#with(this.deployment.lab.stacks.includes("service") ? await this.images() : []);
  }

  /** A stack's JSON. The one that makes the repositories names no image, so it does not wait for any to be built. */
  async #json(id: StackId): Promise<string> {
    const { json, reader } = await this.#stacksFor(id);
    requireRight(reader);
    return json.get(id)!;
  }

  #stacksFor(id: StackId): Promise<Synthesised> {
    return id === "images" && !this.#isNamed ? this.#with([]) : this.synthesised();
  }

  #name(named: Promise<readonly PushedImage[]>): Promise<readonly PushedImage[]> {
    this.#named = named;
    named.then(
      () => (this.#isNamed = true),
      () => {},
    );
    return named;
  }

  async #with(images: readonly PushedImage[]): Promise<Synthesised> {
    const key = images.map(({ image }) => image).join(" ");
    const found = this.#synthesised.get(key);
    if (found) return found;
    const made = this.#synthesise(images);
    this.#synthesised.set(key, made);
    return made;
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
    const { target } = this.deployment;
    if (id === "service") await target.requireListenerPorts?.(await this.#listenerPorts());
    this.#checkpoint ??= target.checkpoint?.take() ?? Promise.resolve();
    await this.#checkpoint;
    return this.#ask(id, onEvent, (terraform) => terraform.apply());
  }

  /** Takes away everything in a stack's state. */
  async destroy(id: StackId, onEvent?: Listener): Promise<Changes> {
    const json = await this.#json(id);
    const terraform = await placeStack(this.deployment, id, await this.bucket(), json, onEvent);
    return terraform.destroy();
  }

  /** Resolves when nothing is being built any more. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#built]);
  }

  async #expectedNames(): Promise<readonly PushedImage[]> {
    const { target } = this.deployment;
    const built = await this.built();
    const there = await nameApps(this.deployment, built);
    const registry = target.endpointUrl === undefined ? "" : `${new URL(target.endpointUrl).host}/`;
    return built.map(
      ({ app, image }) =>
        there.find((each) => each.app.container === app.container) ?? {
          app,
          image: `${registry}${app.repository}-${target.owner}:${image.contentTag}`,
        },
    );
  }

  async #synthesise(images: readonly PushedImage[]): Promise<Synthesised> {
    const { lab, variant, target, signal } = this.deployment;
    const { owner, region, homeCidr, endpointUrl } = target;
    await using scratch = await mkdtempDisposable(join(tmpdir(), "workbook-synth-"));
    const reader = await (this.deployment.synthesise ?? synthesise)({
      labDirectory: lab.directory,
      variant,
      settings: { owner, region, homeCidr, endpointUrl },
      images,
      outDirectory: scratch.path,
      ...(images.length === 0 && { stack: "images" as const }),
      signal,
    });
    const json = new Map<StackId, string>();
    for (const id of images.length === 0 ? (["images"] as const) : lab.stacks) {
      const file = join(scratch.path, "stacks", id, "cdk.tf.json");
      json.set(id, await readFile(file, "utf8"));
    }
    return { reader, json };
  }

  async #listenerPorts(): Promise<number[]> {
    const { reader } = await this.synthesised();
    const ports = reader.all("aws_lb_listener").map(({ attributes }) => Number(attributes["port"]));
    return ports.filter(Number.isInteger);
  }

  async #ask<T extends Omit<PlanRecord, "key">>(
    id: StackId,
    onEvent: Listener | undefined,
    question: (terraform: Awaited<ReturnType<typeof placeStack>>) => Promise<T>,
  ): Promise<T & { isKnown: false }> {
    const json = await this.#json(id);
    const terraform = await placeStack(this.deployment, id, await this.bucket(), json, onEvent);
    const before = await this.#key(id);
    const answer = await question(terraform).catch((error: unknown) => this.#placed(id, error));
    // An answer is worth keeping where nobody has changed anything while Terraform looked, itself included.
    if (before !== undefined && before === (await this.#key(id)))
      writePlanRecord(this.#directory(id), { key: before, ...answer });
    return { ...answer, isKnown: false };
  }

  /** Throws an error on: what Terraform says, with the lines of the program that it is about. */
  async #placed(id: StackId, error: unknown): Promise<never> {
    if (!(error instanceof TerraformError)) throw error;
    const { reader } = await this.#stacksFor(id);
    throw error.at((address, attribute) => placeInProgram(reader, id, address, attribute));
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

/** Whether there is nothing to do. */
export function isNothing({ add, change, remove }: Changes): boolean {
  return add + change + remove === 0;
}

/** Outputs as they will be: https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
function plannedOutputs(shown: unknown): Record<string, unknown> {
  const { planned_values: planned } = shown as {
    planned_values?: { outputs?: Record<string, { value?: unknown }> };
  };
  return Object.fromEntries(
    Object.entries(planned?.outputs ?? {}).map(([name, { value }]) => [name, value]),
  );
}
