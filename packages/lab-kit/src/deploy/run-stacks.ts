import { requireRight } from "../program/read-program.ts";
import type { PushedImage } from "../synth.ts";
import { namesBeforeBuild, type RunImages } from "./run-images.ts";
import { synthesiseStacks, type Deployment, type StackId, type Synthesised } from "./stack.ts";

/** The stacks of a lab in one command: synthesised once with each set of names that images have. */
export class RunStacks {
  readonly #deployment: Deployment;
  readonly #images: RunImages;
  readonly #synthesised = new Map<string, Promise<Synthesised>>();

  constructor(deployment: Deployment, images: RunImages) {
    this.#deployment = deployment;
    this.#images = images;
  }

  /** All of them, with the images' names of now. @throws {SynthesisError} */
  async now(): Promise<Synthesised> {
    return this.#with(this.#runsImages ? await this.#images.names() : []);
  }

  /** All of them, with names that stand for images: none is waited for. @throws {SynthesisError} */
  async beforeBuild(): Promise<Synthesised> {
    const images = this.#runsImages ? namesBeforeBuild(this.#deployment) : [];
    const synthesised = await this.#with(images);
    requireRight(synthesised.reader);
    return synthesised;
  }

  /** As whatever is known already has them; no image is waited for. @throws {SynthesisError} */
  atHand(): Promise<Synthesised> {
    return this.#images.isNamed ? this.now() : this.beforeBuild();
  }

  /** Such that one of them is as it is now. One that names no image waits for none to be built. */
  async asIs(id: StackId): Promise<Synthesised> {
    if (this.#images.isNamed) return this.now();
    const before = await this.beforeBuild();
    return this.#isAboutImages(before, id) ? this.now() : before;
  }

  /** Whether a stack names an image, and so cannot be made before that is there. */
  async namesImages(id: StackId): Promise<boolean> {
    return this.#isAboutImages(await this.beforeBuild(), id);
  }

  /** One stack's JSON as it is now. */
  async json(id: StackId): Promise<string> {
    const { json, reader } = await this.asIs(id);
    requireRight(reader);
    return json.get(id)!;
  }

  #isAboutImages({ json }: Synthesised, id: StackId): boolean {
    const text = json.get(id)!;
    return namesBeforeBuild(this.#deployment).some(({ image }) => text.includes(image));
  }

  get #runsImages(): boolean {
    return this.#deployment.lab.stacks.includes("service");
  }

  #with(images: readonly PushedImage[]): Promise<Synthesised> {
    const key = images.map(({ image }) => image).join(" ");
    const found = this.#synthesised.get(key);
    if (found) return found;
    const made = synthesiseStacks(this.#deployment, images);
    this.#synthesised.set(key, made);
    return made;
  }
}
