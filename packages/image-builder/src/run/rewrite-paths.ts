import { posix } from "node:path";
import { BuildError } from "../errors.ts";
import { parentOf, toTreePath, type FileTree } from "../files/tree.ts";

/** What belongs to the base image or to the machine, and so is not in the stage unless an instruction put it there. */
const SYSTEM_FOLDERS = new Set(
  "Applications Library System Users Volumes bin boot dev etc lib lib32 lib64 libx32 nix private proc run sbin sys usr".split(
    " ",
  ),
);
const HARMLESS = /^\/dev\/(null|zero|full|u?random|tty|std(in|out|err)|fd\/\d+)$/;
/** An absolute path where a shell or a flag may begin one; `//` is what follows the colon of a URL. */
const ABSOLUTE_PATH = /(^|[\s"'`=:,;<>|&({])(\/(?!\/)[^\s"'`:,;<>|&(){}$*?]*)/g;

export interface PathRewriter {
  /** The text, with each absolute path of the stage replaced by where the stage really is. */
  text: (text: string) => string;
  /** The paths that were replaced. */
  replaced: Set<string>;
}

/**
 * Without a namespace, `/out/app` in a command is a path of this machine. This replaces it by the same path inside the folder
 * that holds the stage. It looks at the text alone: a path that the command makes up itself is not seen.
 *
 * @throws {BuildError} `UNSUPPORTED` for a path that only the base image could have, such as `/etc/passwd`
 */
export function createPathRewriter(tree: FileTree, rootfs: string, line: number): PathRewriter {
  const replaced = new Set<string>();
  const place = (path: string): string => {
    if (HARMLESS.test(path)) return path;
    const inTree = tree.resolve(toTreePath(path));
    const top = inTree.split("/", 1)[0] ?? "";
    const parent = parentOf(inTree);
    const isOurs =
      tree.get(inTree) !== undefined || (parent !== "" && tree.get(parent) !== undefined);
    if (SYSTEM_FOLDERS.has(top) && !isOurs) {
      throw new BuildError(
        "UNSUPPORTED",
        [
          `RUN uses ${path}, which is outside of what this Dockerfile puts into the image; on this machine a RUN has no file system of its own (that needs Linux with user namespaces)`,
          `RUN が使う ${path} は、この Dockerfile がイメージに入れるものの外にあります。このマシンの RUN には専用のファイルシステムがありません (ユーザー名前空間を使える Linux が必要です)`,
        ],
        { line },
      );
    }
    replaced.add(path);
    return posix.join(rootfs, path);
  };
  return {
    replaced,
    text: (text) =>
      text.replaceAll(ABSOLUTE_PATH, (_, before: string, path: string) => before + place(path)),
  };
}

/** @throws {BuildError} `UNSUPPORTED` if a relative path begins with more `..` than the working directory has parts */
export function refuseEscapes(text: string, workdir: string, line: number): void {
  const depth = workdir.split("/").filter((part) => part !== "").length;
  for (const [path] of text.matchAll(/(?<![\w./])(?:\.\.\/)*\.\.(?![\w.])/g)) {
    const steps = path.split("/").filter((part) => part === "..").length;
    if (steps <= depth) continue;
    throw new BuildError(
      "UNSUPPORTED",
      [
        `RUN uses ${path}, which leads out of the image from ${workdir}`,
        `RUN の ${path} は、${workdir} から見てイメージの外を指しています`,
      ],
      { line },
    );
  }
}
