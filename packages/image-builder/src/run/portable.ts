import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Words } from "@workbook/toolchain";
import { BuildError } from "../errors.ts";
import { toTreePath } from "../files/tree.ts";
import type { PreparedCommand, RunCommand } from "./command.ts";
import { cacheVariables } from "./environment.ts";
import { createPathRewriter, refuseEscapes } from "./rewrite-paths.ts";
import { Skeleton } from "./skeleton.ts";

const MACHINE_PATH = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/**
 * Prepares a command for a machine that gives it no file system of its own: it runs in the folder that holds the stage's
 * working directory, and absolute paths in its text and its environment are replaced by those inside the stage.
 *
 * @throws {BuildError} `UNSUPPORTED` if it uses a path outside of the stage
 */
export async function preparePortable(command: RunCommand): Promise<PreparedCommand> {
  const { rootfs, tree, user, workdir, line } = command;
  const rewriter = createPathRewriter(tree, rootfs, line);
  const own = await mkdtemp(join(command.scratchDir, "run-"));
  const skeleton = new Skeleton(rootfs);
  try {
    const argv = rewriteArguments(command, rewriter.text);
    const env = rewriteEnvironment(command, rewriter.text);
    const bin = await layOutTools(command, own);
    for (const name of ["tmp", "var/tmp"]) await skeleton.addFolder(name, 0o1777);
    if (user.home !== "/nonexistent")
      await skeleton.addFolder(user.home, user.uid === 0 ? 0o700 : 0o755);
    await layOutCaches(command, skeleton);
    const path = [bin, ...command.tools.folders, ...stagePath(command), ...MACHINE_PATH];
    return {
      file: "/bin/sh",
      args: ["-c", 'umask 022; exec "$@"', "sh", ...argv],
      env: {
        HOME: join(rootfs, user.home),
        TMPDIR: own,
        ...command.caller.variables,
        ...command.caller.certificates,
        ...cacheVariables(join(command.cacheDir, "mounts", "shared")),
        ...env,
        PATH: path.join(delimiter),
      },
      cwd: join(rootfs, tree.resolve(toTreePath(workdir))),
      warnings: [...rewriter.replaced].map((replaced): Words => [
        `line ${line}: without a file system of its own, the RUN took ${replaced} as a path inside the image`,
        `${line} 行目: RUN に専用のファイルシステムがないので、${replaced} をイメージの中のパスとして扱いました`,
      ]),
      cleanUp: async () => {
        await skeleton.remove();
        await rm(own, { recursive: true });
      },
    };
  } catch (error) {
    await skeleton.remove();
    await rm(own, { recursive: true });
    throw error;
  }
}

/** The program itself may be one of the machine's (`/bin/sh`); everything else must be of the stage. */
function rewriteArguments(
  { argv, isShellForm, workdir, line }: RunCommand,
  rewrite: (text: string) => string,
): string[] {
  const texts = isShellForm ? argv.slice(-1) : argv.slice(1);
  for (const text of texts) refuseEscapes(text, workdir, line);
  return [...argv.slice(0, argv.length - texts.length), ...texts.map(rewrite)];
}

function rewriteEnvironment(
  { env }: RunCommand,
  rewrite: (text: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      name !== "PATH" && value.startsWith("/") ? rewrite(value) : value,
    ]),
  );
}

/** The folders of the stage's PATH that the stage has. */
function stagePath({ env, tree, rootfs }: RunCommand): string[] {
  return (env["PATH"] ?? "")
    .split(":")
    .filter(
      (folder) =>
        folder.startsWith("/") && tree.get(tree.resolve(toTreePath(folder))) !== undefined,
    )
    .map((folder) => join(rootfs, tree.resolve(toTreePath(folder))));
}

async function layOutTools({ tools }: RunCommand, own: string): Promise<string> {
  const bin = join(own, "bin");
  await mkdir(bin);
  for (const { name, file, isScript } of tools.programs) {
    const script = `#!/bin/sh\nexec node '${file.replaceAll("'", `'\\''`)}' "$@"\n`;
    if (isScript) await writeFile(join(bin, name), script, { mode: 0o755 });
    else await symlink(file, join(bin, name));
  }
  return bin;
}

async function layOutCaches(
  { mounts, workdir, tree, cacheDir, line }: RunCommand,
  skeleton: Skeleton,
): Promise<void> {
  await mkdir(join(cacheDir, "mounts", "shared"), { recursive: true });
  for (const { type, target, id } of mounts) {
    const path = toTreePath(target, workdir);
    if (type !== "cache" || tree.get(path) !== undefined) {
      throw new BuildError(
        "UNSUPPORTED",
        [
          `RUN --mount=type=${type},target=${target} needs Linux with user namespaces`,
          `RUN --mount=type=${type},target=${target} には、ユーザー名前空間を使える Linux が必要です`,
        ],
        { line },
      );
    }
    const from = join(cacheDir, "mounts", encodeURIComponent(id));
    await mkdir(from, { recursive: true });
    await skeleton.addFolder(path.split("/").slice(0, -1).join("/"));
    await skeleton.addLink(path, from);
  }
}
