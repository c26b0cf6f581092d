import type { Words } from "@workbook/toolchain";
import type { PushedImage } from "../synth.ts";
import { buildApps, nameApps, pushApps, type BuiltApp } from "./images.ts";
import type { Deployment } from "./stack.ts";

/** Names that stand for images while they are built: nothing of that name is ever pushed. */
export function namesBeforeBuild({ lab }: Pick<Deployment, "lab">): readonly PushedImage[] {
  return lab.apps.map((app) => ({ app, image: `${app.repository}:is-being-built` }));
}

/** The images of a lab's apps in one command: built once, named once. */
export class RunImages {
  readonly #deployment: Deployment;
  #built: Promise<BuiltApp[]> | undefined;
  #named: Promise<readonly PushedImage[]> | undefined;
  #isBuilt = false;
  #isNamed = false;
  #last: Words = "";
  #tell: ((what: Words) => void) | undefined;

  /** @param given what images are called, where that is known without building any */
  constructor(deployment: Deployment, given?: readonly PushedImage[]) {
    this.#deployment = deployment;
    if (given) this.#name(Promise.resolve(given));
  }

  /** All of them; a failure shows to whoever waits for them. */
  built(): Promise<BuiltApp[]> {
    if (this.#built) return this.#built;
    const { build = buildApps } = this.#deployment;
    this.#built = build(this.#deployment, (what) => {
      this.#last = what;
      this.#tell?.(what);
    });
    this.#built.then(
      () => (this.#isBuilt = true),
      () => {},
    );
    return this.#built;
  }

  get isBuilt(): boolean {
    return this.#isBuilt;
  }

  /** Whether their names are known. */
  get isNamed(): boolean {
    return this.#isNamed;
  }

  /** Tells what building does now, and from now on. */
  follow(listener: (what: Words) => void): void {
    this.#tell = listener;
    listener(this.#last);
  }

  /** Names of the images as they are, or will be once there is a repository; none is pushed for it. */
  names(): Promise<readonly PushedImage[]> {
    return this.#named ?? this.#name(this.#expectedNames());
  }

  /** The images in those repositories that exist. */
  async inRepositories(): Promise<readonly PushedImage[]> {
    return nameApps(this.#deployment, await this.built());
  }

  /** Pushes the images into those repositories that exist, and answers what they are called there. */
  async push(onDetail: (what: Words) => void): Promise<readonly PushedImage[]> {
    const pushed = await pushApps(this.#deployment, await this.built(), onDetail);
    if (pushed.length === this.#deployment.lab.apps.length) this.#name(Promise.resolve(pushed));
    return pushed;
  }

  /** Resolves when nothing is being built any more. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#built]);
  }

  #name(named: Promise<readonly PushedImage[]>): Promise<readonly PushedImage[]> {
    this.#named = named;
    named.then(
      () => (this.#isNamed = true),
      () => {},
    );
    return named;
  }

  async #expectedNames(): Promise<readonly PushedImage[]> {
    const { target } = this.#deployment;
    const built = await this.built();
    const there = await nameApps(this.#deployment, built);
    const registry = target.endpointUrl === undefined ? "" : `${new URL(target.endpointUrl).host}/`;
    return built.map(
      ({ app, image }) =>
        there.find((each) => each.app.container === app.container) ?? {
          app,
          image: `${registry}${app.repository}-${target.owner}:${image.contentTag}`,
        },
    );
  }
}
