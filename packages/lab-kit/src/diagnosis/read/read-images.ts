import type { AwsClients } from "../../live.ts";
import type { Reader } from "./reader.ts";

/** What ECR knows of an image that a task definition names. */
export interface ImageState {
  readonly reference: string;
  readonly repository: string;
  readonly registry: string;
  /** `public`: of a registry that is not ECR, which nobody asked. `other`: of an ECR that is not this account's here. */
  readonly found: "yes" | "no-repository" | "no-image" | "public" | "other" | "unknown";
  /** What the tag means now. */
  readonly digest?: string | undefined;
  /** Platforms of an index, such as `linux/amd64`; none where the manifest is of one image. */
  readonly platforms: readonly string[];
  /** Tags that the repository has, newest first. */
  readonly tags: readonly string[];
  /** The repository's own policy. */
  readonly policy?: string | undefined;
}

const ECR_HOST =
  /^(?:\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?|(?:127\.0\.0\.1|localhost):\d+)$/;

/** Reads images by the names that task definitions have for them. */
export async function readImages(
  { ecr }: AwsClients,
  reader: Reader,
  references: readonly string[],
): Promise<ReadonlyMap<string, ImageState>> {
  const token = await reader.ask(
    "ecr get-authorization-token",
    async () => (await ecr.getAuthorizationToken({})).authorizationData?.[0]?.proxyEndpoint,
    undefined,
  );
  const own = token === undefined ? undefined : new URL(token).host;
  const states = await Promise.all(
    references.map(async (text) => [text, await readImage(ecr, reader, text, own)] as const),
  );
  return new Map(states);
}

type Ecr = AwsClients["ecr"];

/** The parts of an image's name: https://github.com/distribution/reference */
function parse(text: string): {
  registry: string;
  repository: string;
  tag?: string;
  digest?: string;
} {
  const [named = "", digest] = text.split("@", 2);
  const slash = named.indexOf("/");
  const first = slash < 0 ? "" : named.slice(0, slash);
  const hasRegistry = /[.:]|^localhost$/.test(first);
  const [repository = "", tag] = (hasRegistry ? named.slice(slash + 1) : named).split(":");
  return {
    registry: hasRegistry ? first : "docker.io",
    repository,
    ...(digest === undefined ? { tag: tag ?? "latest" } : { digest }),
  };
}

async function readImage(
  ecr: Ecr,
  reader: Reader,
  reference: string,
  own: string | undefined,
): Promise<ImageState> {
  const { registry, repository, tag, digest } = parse(reference);
  const base = { reference, registry, repository, platforms: [], tags: [] };
  if (!ECR_HOST.test(registry)) return { ...base, found: "public" };
  if (own === undefined) return { ...base, found: "unknown" };
  // The port of a local registry may change from one start to the next; the account and the region of AWS's may not.
  if (registry !== own && !registry.includes(":")) return { ...base, found: "other" };
  const imageIds = [digest === undefined ? { imageTag: tag! } : { imageDigest: digest }];
  const tags = await reader.ask(
    "ecr describe-images",
    async () => {
      try {
        return (await ecr.describeImages({ repositoryName: repository })).imageDetails ?? [];
      } catch (error) {
        if (error instanceof Error && error.name.startsWith("RepositoryNotFound"))
          return "no-repository" as const;
        throw error;
      }
    },
    "unknown" as const,
  );
  if (typeof tags === "string") return { ...base, found: tags };
  const at = (each: (typeof tags)[number]) => each.imagePushedAt?.getTime() ?? 0;
  const known = tags.toSorted((a, b) => at(b) - at(a)).flatMap(({ imageTags = [] }) => imageTags);
  const answer = await reader.ask(
    "ecr batch-get-image",
    () => ecr.batchGetImage({ repositoryName: repository, imageIds }),
    undefined,
  );
  if (answer === undefined) return { ...base, found: "unknown", tags: known };
  const image = answer.images?.[0];
  const policy = await readPolicy(ecr, reader, repository);
  if (image === undefined) return { ...base, found: "no-image", tags: known, policy };
  return {
    ...base,
    found: "yes",
    digest: image.imageId?.imageDigest,
    platforms: platformsOf(image.imageManifest),
    tags: known,
    policy,
  };
}

function readPolicy(ecr: Ecr, reader: Reader, repositoryName: string): Promise<string | undefined> {
  return reader.ask(
    "ecr get-repository-policy",
    async () => (await ecr.getRepositoryPolicy({ repositoryName })).policyText,
    undefined,
    ["RepositoryPolicyNotFound", "RepositoryNotFound"],
  );
}

/** https://github.com/opencontainers/image-spec/blob/main/image-index.md */
function platformsOf(manifest: string | undefined): string[] {
  const { manifests = [] } = JSON.parse(manifest ?? "{}") as {
    manifests?: readonly { platform?: { os?: string; architecture?: string } }[];
  };
  return manifests
    .filter(({ platform }) => platform?.architecture && platform.architecture !== "unknown")
    .map(({ platform }) => `${platform?.os}/${platform?.architecture}`);
}
