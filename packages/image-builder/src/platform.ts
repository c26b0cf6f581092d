import { BuildError } from "./errors.ts";

/** What an image runs on, in Go's and so in OCI's words: `linux`/`amd64`, `linux`/`arm64`, `darwin`/`arm64`. */
export interface Platform {
  os: string;
  architecture: string;
}

const ARCHITECTURES: Record<string, string> = { x64: "amd64", ia32: "386" };

/** The platform of this machine. */
export function hostPlatform(): Platform {
  return { os: process.platform, architecture: ARCHITECTURES[process.arch] ?? process.arch };
}

export function formatPlatform(platform: Platform): string {
  return `${platform.os}/${platform.architecture}`;
}

/**
 * @param text `os/architecture`
 * @throws {BuildError} `SYNTAX` if it is not; `UNSUPPORTED` if it has a variant (`linux/arm/v7`)
 */
export function parsePlatform(text: string, line?: number): Platform {
  const [os, architecture, variant] = text.split("/");
  if (!os || !architecture) {
    throw new BuildError(
      "SYNTAX",
      [
        `platform "${text}" is not of the form os/architecture`,
        `プラットフォーム "${text}" が os/architecture の形ではありません`,
      ],
      {
        line,
      },
    );
  }
  if (variant !== undefined) {
    throw new BuildError(
      "UNSUPPORTED",
      [
        `platform "${text}": variants are not supported`,
        `プラットフォーム "${text}": variant には対応していません`,
      ],
      { line },
    );
  }
  return { os, architecture };
}

export function samePlatform(one: Platform, other: Platform): boolean {
  return one.os === other.os && one.architecture === other.architecture;
}
