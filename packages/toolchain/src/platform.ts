import { UserError } from "./user-error.ts";

/** An operating system and a processor, in Node's words; the first column but one of tools.txt. */
export type Platform = "linux-x64" | "linux-arm64" | "darwin-x64" | "darwin-arm64";

/**
 * The platform that tools are fetched for.
 * @throws UserError PLATFORM_UNSUPPORTED where none of them runs
 */
export function toPlatform(
  system: string = process.platform,
  processor: string = process.arch,
): Platform {
  const platform = `${system}-${processor}`;
  if (isPlatform(platform)) return platform;
  throw new UserError(
    [
      `The workbook does not run on ${platform}: it has tools for Linux and macOS, on x64 and arm64.`,
      `ワークブックは ${platform} では動きません。ツールがあるのは x64 と arm64 の Linux と macOS です。`,
    ],
    {
      code: "PLATFORM_UNSUPPORTED",
      next: [
        "use Linux or macOS; on Windows: WSL, or the repository's dev container",
        "Linux か macOS を使ってください。Windows では WSL か、リポジトリの dev container を使えます",
      ],
    },
  );
}

function isPlatform(name: string): name is Platform {
  return /^(linux|darwin)-(x64|arm64)$/.test(name);
}

/** The same in Go's words (`linux_amd64`), as Terraform names the folders of a provider mirror. */
export function toGoPlatform(platform: Platform): string {
  return platform.replace("-x64", "_amd64").replace("-arm64", "_arm64");
}
