/**
 * Whether an image comes from ECR: from AWS's host, or from the local registry on loopback, whose port may change from
 * one start of the server to the next.
 */
export function isEcrImage(reference: string): boolean {
  const host = registryHost(reference);
  return (
    /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(host) ||
    /^(127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(host)
  );
}

/** The registry that a reference names; Docker Hub's without one. https://docs.docker.com/reference/cli/docker/image/tag/ */
export function registryHost(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : "registry-1.docker.io";
}

/** The tag or digest of a reference; `latest` without one. */
export function imageTag(reference: string): string {
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  return name.split("@")[1] ?? name.split(":")[1] ?? "latest";
}
