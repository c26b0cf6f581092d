import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fullName, type ImageReference } from "./image-reference.ts";
import { RegistryFault } from "./registry-fault.ts";

interface NamedManifest {
  readonly mediaType: string;
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** https://github.com/opencontainers/image-spec/blob/main/annotations.md */
const REF_NAME = "org.opencontainers.image.ref.name";
const VERSION = "org.opencontainers.image.version";
const ALWAYS = "workbook.stand-in.always";

/** What runs in the place of a public image. */
export interface StandInFacts {
  /** `nginx 1.22.1-9 of Debian`. */
  readonly version: string;
  /** Whether it is run where the registry answers as well. */
  readonly isAlways: boolean;
}

/**
 * An image in a folder on this machine that stands in for a public one where its registry cannot be reached. The folder is an OCI
 * image layout, whose images have the full names of those that they stand in for.
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export class LayoutHost {
  readonly #folder: string;
  readonly #reference: ImageReference;

  constructor(folder: string, reference: ImageReference) {
    this.#folder = folder;
    this.#reference = reference;
  }

  /** What it is; undefined where there is no such image. */
  facts(): StandInFacts | undefined {
    const { [VERSION]: version, [ALWAYS]: always } = this.#find()?.annotations ?? {};
    return version === undefined ? undefined : { version, isAlways: always === "true" };
  }

  /** As a registry answers. @throws RegistryFault where there is no such image */
  async ask(method: "GET" | "HEAD", path: string): Promise<Response> {
    const [kind, wanted = ""] = path.split("/", 2);
    const found = this.#find();
    const digest = kind === "manifests" && !wanted.startsWith("sha256:") ? found?.digest : wanted;
    const file = join(this.#folder, "blobs", (digest ?? "none").replace(":", "/"));
    if (!found || !digest || !existsSync(file))
      throw new RegistryFault("not found", { stage: "missing" });
    const body = method === "HEAD" ? null : Readable.toWeb(createReadStream(file));
    return new Response(body as ReadableStream<Uint8Array> | null, {
      headers: {
        "content-type": kind === "manifests" ? found.mediaType : "application/octet-stream",
        "content-length": String(statSync(file).size),
        "docker-content-digest": digest,
      },
    });
  }

  #find(): NamedManifest | undefined {
    const index = join(this.#folder, "index.json");
    if (!existsSync(index)) return undefined;
    const { manifests } = JSON.parse(readFileSync(index, "utf8")) as { manifests: NamedManifest[] };
    const { registry, repository, digest } = this.#reference;
    const nameOf = ({ annotations }: NamedManifest) => annotations?.[REF_NAME] ?? "";
    // What stands in for an image has a digest of its own: who wants another cannot have it.
    if (digest === undefined) {
      const name = fullName(this.#reference);
      return manifests.find((each) => nameOf(each) === name);
    }
    return manifests.find(
      (each) => each.digest === digest && nameOf(each).startsWith(`${registry}/${repository}:`),
    );
  }
}
