import { s3Error } from "./faults.ts";

/**
 * Reads `x-amz-copy-source`: `[/]bucket/key[?versionId=…]`, percent-encoded.
 * @throws AwsError `InvalidArgument`
 */
export function readCopySource(source: string): {
  bucket: string;
  key: string;
  versionId?: string;
} {
  const [path, query] = source.split("?versionId=", 2) as [string, string?];
  const decoded = decodeURIComponent(path.replaceAll("+", "%20")).replace(/^\//, "");
  const slash = decoded.indexOf("/");
  if (slash <= 0 || slash === decoded.length - 1) {
    throw s3Error(
      "InvalidArgument",
      400,
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      {
        ArgumentName: "x-amz-copy-source",
        ArgumentValue: source,
      },
    );
  }
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1), versionId: query };
}
