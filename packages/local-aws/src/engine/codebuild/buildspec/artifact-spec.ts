import { flag, list, yamlFault, type Node } from "./nodes.ts";

/** What is to be kept of what a build has made. https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.artifacts */
export interface ArtifactSpec {
  readonly files: readonly string[];
  /** As the shell is to read it: `app-$(date +%Y)`. */
  readonly name?: string;
  readonly discardPaths: boolean;
  readonly baseDirectory: string;
  readonly excludePaths: readonly string[];
  /** Links stay links. */
  readonly keepsLinks: boolean;
}

/** @throws BuildFault `YAML_FILE_ERROR` */
export function readArtifactSpec(given: Node): ArtifactSpec {
  if (given["s3-prefix"] !== undefined)
    throw yamlFault("Local AWS does not support s3-prefix of artifacts in a buildspec");
  const { name, "base-directory": base } = given;
  const files = list(given["files"], "Files");
  if (files.length === 0)
    throw yamlFault("expected files to name at least one file of the artifacts");
  return {
    files,
    ...(name !== undefined && { name: String(name) }),
    discardPaths: flag(given["discard-paths"], "discard-paths"),
    baseDirectory: base === undefined || base === null ? "." : String(base),
    excludePaths: list(given["exclude-paths"], "exclude-paths"),
    keepsLinks: flag(given["enable-symlinks"], "enable-symlinks"),
  };
}
