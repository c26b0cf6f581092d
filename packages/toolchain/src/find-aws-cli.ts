import { findOnPath, readOutput } from "./executables.ts";
import type { Tool, ToolOptions } from "./tool.ts";
import { UserError } from "./user-error.ts";
import { findVersion } from "./version.ts";

/** The AWS CLI. Version 1 has no `logs tail`. */
export interface AwsCli extends Tool {
  readonly major: 1 | 2;
}

/**
 * The AWS CLI on PATH, version 1 or 2. It is never fetched: what is learned by typing `aws` is learned with one's own.
 * @throws UserError AWS_CLI_MISSING
 */
export async function findAwsCli(options: Pick<ToolOptions, "env"> = {}): Promise<AwsCli> {
  const env = options.env ?? process.env;
  for (const path of findOnPath("aws", env)) {
    const output = await readOutput(path, ["--version"], env);
    const version = output?.startsWith("aws-cli/") ? findVersion(output) : undefined;
    if (version)
      return {
        name: "aws",
        path,
        version,
        source: "PATH",
        major: version.startsWith("1.") ? 1 : 2,
      };
  }
  throw missing();
}

/**
 * Where the AWS CLI is, without asking it for its version: a start of it takes a second, and `workbook aws` makes one.
 * @throws UserError AWS_CLI_MISSING
 */
export function awsCliPath(options: Pick<ToolOptions, "env"> = {}): string {
  const [path] = findOnPath("aws", options.env ?? process.env);
  if (!path) throw missing();
  return path;
}

function missing(): UserError {
  return new UserError(
    [
      "There is no AWS CLI on PATH. The chapters ask the cloud with it.",
      "PATH に AWS CLI がありません。各章では、これでクラウドを調べます。",
    ],
    {
      code: "AWS_CLI_MISSING",
      next: [
        "install it (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html), or: pip install awscli",
        "インストールしてください (https://docs.aws.amazon.com/ja_jp/cli/latest/userguide/getting-started-install.html)。または: pip install awscli",
      ],
    },
  );
}
