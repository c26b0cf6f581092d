import { join } from "node:path";
import { UserError } from "@workbook/toolchain";
import type { Workspace } from "../workspace.ts";

/** The learner's own list of mirrors, as Local AWS reads it at each pull. */
export function registriesFile({ learner }: Workspace): string {
  return join(learner, "registries.json");
}

/** Where images are kept that stand in for those of public registries: an OCI image layout. */
export function standInsFolder({ state }: Workspace): string {
  return join(state, "stand-ins");
}

/** What Local AWS is started with, so that it finds images of other registries. */
export function registryArguments(workspace: Workspace, mirrors: readonly string[]): string[] {
  return [
    ...mirrors.flatMap((mirror) => ["--registry-mirror", mirror]),
    "--registries",
    registriesFile(workspace),
    "--stand-ins",
    standInsFolder(workspace),
  ];
}

/**
 * Reads mirrors, `docker.io=http://127.0.0.1:5000` each, with commas between them; `none` is no mirror.
 * @throws {UserError} `MIRROR_INVALID`
 */
export function readMirrors(given: string): readonly string[] {
  const mirrors = given.split(",").filter((each) => each !== "" && each !== "none");
  const wrong = mirrors.find((each) => !isMirror(each));
  if (wrong === undefined) return mirrors;
  throw new UserError(
    [
      `"${wrong}" is no mirror of a registry: it has to be the registry's name, =, and a URL.`,
      `「${wrong}」はレジストリのミラーとして読めません。レジストリ名、=、URL の順に書きます。`,
    ],
    {
      code: "MIRROR_INVALID",
      next: "./workbook cloud up --registry-mirror docker.io=http://127.0.0.1:5000",
      exitCode: 2,
    },
  );
}

function isMirror(text: string): boolean {
  const [, url = ""] = /^[^=\s]+=(.+)$/.exec(text) ?? [];
  return /^https?:$/.test(URL.parse(url)?.protocol ?? "");
}
