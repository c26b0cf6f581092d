import { parseReference } from "@workbook/registry-client";

/**
 * Whether an image comes from ECR: from AWS's host, or from the local registry on loopback, whose port may change from
 * one start of the server to the next.
 */
export function isEcrImage(reference: string): boolean {
  const { registry } = parseReference(reference);
  return (
    /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(registry) ||
    /^(127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(registry)
  );
}
