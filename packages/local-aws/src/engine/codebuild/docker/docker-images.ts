import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { parseReference, type RegistriesOptions } from "@workbook/registry-client";
import { DockerError, unpack } from "./docker-context.ts";
import { OUTSIDE } from "./docker-desk.ts";
import type { DockerCommand } from "./docker-arguments.ts";
import { loadBuilder, type ImageBuilder } from "./image-builder.ts";

type Say = (line: string) => void;
type Command<Kind extends DockerCommand["kind"]> = Extract<DockerCommand, { kind: Kind }>;

export interface DockerParts {
  /** A folder for this build alone. */
  readonly folder: string;
  /** Results of steps, for all builds of the cloud. */
  readonly cacheDir: string;
  /** The module that builds images; undefined where the cloud was started without one. */
  readonly builder: string | undefined;
  readonly registries: RegistriesOptions;
  /** This cloud's own registry, by its address. */
  readonly endpoint: string;
  /** Whether a registry's name is one of this cloud's own. */
  readonly isOwn: (registry: string) => boolean;
  readonly signal: AbortSignal;
}

/** The images of one build, by their names, and what its `docker` does with them. */
export class DockerImages {
  readonly #parts: DockerParts;
  readonly #layout: string;
  /** Digests of manifests, by full name. */
  readonly #names = new Map<string, string>();
  /** What opens registries, by their names. */
  readonly #logins = new Map<string, string>();

  constructor(parts: DockerParts) {
    this.#parts = parts;
    this.#layout = join(parts.folder, "images");
  }

  /** Does a command; its exit code. */
  async run(command: DockerCommand, input: Readable, say: Say): Promise<number> {
    try {
      await this.#run(command, input, say);
      return 0;
    } catch (error) {
      this.#parts.signal.throwIfAborted();
      // Of the builder's own, and of registries: in their words, and not a fault of this program.
      say((error as Error).message);
      return 1;
    }
  }

  /** Takes all of them away. */
  async close(): Promise<void> {
    await rm(this.#parts.folder, { recursive: true, force: true });
  }

  async #run(command: DockerCommand, input: Readable, say: Say): Promise<void> {
    switch (command.kind) {
      case "build":
        return this.#build(command, input, say);
      case "login":
        return this.#login(command, input, say);
      case "logout":
        this.#logins.delete(registryIn(command.registry));
        return say(`Removing login credentials for ${command.registry}`);
      case "tag":
        return void this.#names.set(fullName(command.target), this.#need(command.source));
      case "push":
        return this.#push(command, say);
      case "pull":
        return this.#pull(command, say);
      case "images":
        return this.#list(command, say);
      case "rmi":
        return this.#remove(command, say);
      default:
        return say(ABOUT);
    }
  }

  /** Keeps a password: the cloud's own registry is asked whether it is one. */
  async #login(
    { user, password: given, registry }: Command<"login">,
    input: Readable,
    say: Say,
  ): Promise<void> {
    const password = given ?? (await text(input)).replace(/\r?\n$/, "");
    if (password === "")
      throw new DockerError("Error: Cannot perform an interactive login from a non TTY device");
    const { isOwn, endpoint, signal } = this.#parts;
    const name = registryIn(registry);
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    if (isOwn(name)) {
      const answer = await fetch(`${endpoint}/v2/`, { headers: { authorization }, signal });
      await answer.body?.cancel();
      if (!answer.ok)
        throw new DockerError(
          `Error response from daemon: login attempt to https://${name}/v2/ failed with status: ${answer.status} ${answer.statusText}`,
        );
    }
    this.#logins.set(name, authorization);
    say("Login Succeeded");
  }

  async #builder(): Promise<ImageBuilder> {
    const { builder } = this.#parts;
    if (builder === undefined)
      throw new DockerError(
        "this Local AWS was started without an image builder: ./workbook cloud up starts one with it",
      );
    return loadBuilder(builder);
  }

  async #build(command: Command<"build">, input: Readable, say: Say): Promise<void> {
    const { folder, cacheDir, registries, signal } = this.#parts;
    const { buildImage, BaseRegistries } = await this.#builder();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const context = await mkdtemp(join(folder, "context-"));
    await unpack(input, context);
    const tell = command.quiet ? () => {} : say;
    const { dockerfile, target, buildArgs } = command;
    const inContext = dockerfile?.startsWith(`${command.context}/`);
    const file = inContext ? dockerfile!.slice(command.context.length + 1) : OUTSIDE;
    const image = await buildImage({
      context,
      ...(dockerfile !== undefined && { dockerfile: file }),
      ...(target !== undefined && { target }),
      buildArgs: { ...buildArgs },
      outputDir: this.#layout,
      ...(!command.noCache && { cacheDir }),
      ...(command.pull && { bases: new BaseRegistries(registries) }),
      signal,
      onProgress: (event) => {
        if (event.type === "step")
          tell(`#${event.step} [${event.stage} ${event.step}/${event.steps}] ${event.text}`);
        else if (event.type === "step-done")
          tell(event.cached ? "CACHED" : `DONE ${(event.ms / 1000).toFixed(1)}s`);
        else tell(event.text);
      },
    });
    await rm(context, { recursive: true, force: true });
    for (const tag of command.tags) {
      this.#names.set(fullName(tag), image.digest);
      tell(`naming to ${fullName(tag)} done`);
    }
    if (command.tags.length === 0) this.#names.set(image.digest, image.digest);
    if (command.quiet) say(image.digest);
  }

  async #push({ image, all }: Command<"push">, say: Say): Promise<void> {
    const { signal } = this.#parts;
    const named = parseReference(fullName(image));
    const place = `${named.registry}/${named.repository}`;
    const names = all
      ? [...this.#names.keys()].filter((name) => name.startsWith(`${place}:`))
      : [fullName(image)];
    say(`The push refers to repository [${place}]`);
    const known = names.filter((name) => this.#names.has(name));
    if (known.length === 0)
      throw new DockerError(`An image does not exist locally with the tag: ${place}`);
    const { pushImage } = await this.#builder();
    for (const name of known) {
      const digest = this.#names.get(name)!;
      const tag = name.slice(place.length + 1);
      let size = 0;
      await pushImage({
        image: { digest, layoutDir: this.#layout },
        ...this.#registry(named.registry),
        repository: named.repository,
        tags: [tag],
        signal,
        onProgress: (event) => {
          if (event.type === "tagged") size = event.size;
          else
            say(
              `${event.digest.slice(7, 19)}: ${event.type === "uploaded" ? "Pushed" : "Layer already exists"}`,
            );
        },
      });
      say(`${tag}: digest: ${digest} size: ${size}`);
    }
  }

  async #pull({ image }: Command<"pull">, say: Say): Promise<void> {
    const { signal } = this.#parts;
    const { registry, repository, tag, digest } = parseReference(fullName(image));
    const { pullImage } = await this.#builder();
    const reference = digest ?? tag ?? "latest";
    say(`${reference}: Pulling from ${repository}`);
    const pulled = await pullImage({
      ...this.#registry(registry),
      repository,
      reference,
      outputDir: this.#layout,
      signal,
    });
    this.#names.set(fullName(image), pulled.digest);
    say(`Digest: ${pulled.digest}`);
    say(`Status: Downloaded newer image for ${image}`);
  }

  /** Where a registry is, and what opens it. @throws DockerError where this cloud's own is not opened */
  #registry(name: string): { registry: string; authorization?: string } {
    const { endpoint, isOwn, registries } = this.#parts;
    const login = this.#logins.get(name);
    if (isOwn(name) && login === undefined) throw new DockerError("no basic auth credentials");
    const mirror = registries.mirrors?.[name]?.[0];
    const host = name === "docker.io" ? "registry-1.docker.io" : name;
    const registry = isOwn(name) ? endpoint : (mirror ?? `https://${host}`);
    return { registry, ...(login !== undefined && { authorization: login }) };
  }

  #list({ quiet }: Command<"images">, say: Say): void {
    if (!quiet) say("REPOSITORY TAG IMAGE ID");
    for (const [name, digest] of this.#names) {
      const at = name.lastIndexOf(":");
      const id = digest.slice(7, 19);
      say(quiet ? id : `${name.slice(0, at)} ${name.slice(at + 1)} ${id}`);
    }
  }

  #remove({ images }: Command<"rmi">, say: Say): void {
    for (const image of images) {
      this.#need(image);
      this.#names.delete(fullName(image));
      say(`Untagged: ${image}`);
    }
  }

  /** @throws DockerError */
  #need(image: string): string {
    const byId = [...this.#names.values()].find(
      (digest) => digest === image || (image.length >= 12 && digest.slice(7).startsWith(image)),
    );
    const digest = this.#names.get(fullName(image)) ?? byId;
    if (digest !== undefined) return digest;
    throw new DockerError(`Error response from daemon: No such image: ${image}`);
  }
}

const ABOUT =
  "Docker by the image builder of Local AWS: it builds, tags, pulls and pushes images, and runs none";

/** With registry and tag, as Docker understands a short name. */
const fullName = (image: string) => {
  const { registry, repository, tag, digest } = parseReference(image);
  return digest === undefined
    ? `${registry}/${repository}:${tag ?? "latest"}`
    : `${registry}/${repository}@${digest}`;
};

/** The name of a registry in what `docker login` is given. */
const registryIn = (given: string) => {
  const host = given.replace(/^https?:\/\//, "").split("/")[0]!;
  return host === "index.docker.io" ? "docker.io" : host;
};
