/** Docker Hub, which has been called `index.docker.io` too. */
const HUB = "docker.io";

/** The parts of an image's name: https://github.com/distribution/reference */
export interface ImageReference {
  /** As it was written. */
  readonly text: string;
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** A name in full, as containers' runtimes and ECS say it: with its registry, and `library/` and `latest` where they are meant. */
export function fullName({ registry, repository, tag, digest }: ImageReference): string {
  const version = `${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
  return `${registry}/${repository}${version}`;
}

/** Reads an image's name; `latest` and Docker Hub are what it means where it does not say. */
export function parseReference(text: string): ImageReference {
  const [named, digest] = text.split("@", 2) as [string, string?];
  const slash = named.indexOf("/");
  const first = slash < 0 ? "" : named.slice(0, slash);
  const hasRegistry = first === "localhost" || /[.:A-Z]/.test(first);
  const rest = hasRegistry ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(":");
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  const repository = colon < 0 ? rest : rest.slice(0, colon);
  const registry = !hasRegistry || first === "index.docker.io" ? HUB : first;
  return {
    text,
    registry,
    repository:
      registry === HUB && !repository.includes("/") ? `library/${repository}` : repository,
    tag: tag ?? (digest === undefined ? "latest" : undefined),
    digest,
  };
}
