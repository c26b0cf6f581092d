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
 * image layout, whose images have the full names of those that they stand in for. Who names a tag and a digest is answered by the
 * tag, with the digest of what stands in; who names a digest alone means that image and no other.
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export class LayoutHost {
  readonly #folder: string;
  readonly #reference: ImageReference;
  readonly #isFirst: boolean;

  /** @param isFirst whether what is here is taken before a registry is asked, whatever it is */
  constructor(folder: string, reference: ImageReference, isFirst: boolean) {
    this.#folder = folder;
    this.#reference = reference;
    this.#isFirst = isFirst;
  }

  /** What it is; undefined where there is no such image. */
  facts(): StandInFacts | undefined {
    const { [VERSION]: version, [ALWAYS]: always } = this.#find()?.annotations ?? {};
    const isAlways = always === "true" || this.#isFirst;
    return version === undefined ? undefined : { version, isAlways };
  }

  /** As a registry answers. @throws RegistryFault where there is no such image */
  async ask(method: "GET" | "HEAD", path: string): Promise<Response> {
    const [kind, wanted = ""] = path.split("/", 2);
    const found = this.#find();
    const isMeant = !wanted.startsWith("sha256:") || wanted === this.#reference.digest;
    const digest = kind === "manifests" && isMeant ? found?.digest : wanted;
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
    const { registry, repository, tag, digest } = this.#reference;
    const nameOf = ({ annotations }: NamedManifest) => annotations?.[REF_NAME] ?? "";
    const exact = manifests.find(
      (each) => each.digest === digest && nameOf(each).startsWith(`${registry}/${repository}:`),
    );
    if (exact !== undefined || tag === undefined) return exact;
    const name = fullName({ ...this.#reference, digest: undefined });
    return manifests.find((each) => nameOf(each) === name);
  }
}
