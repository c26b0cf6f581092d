import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { ROOT_USER } from "../build/users.ts";
import { FileTree, toTreePath } from "../files/tree.ts";
import type { PreparedCommand, RunCommand } from "./command.ts";
import { cacheVariables } from "./environment.ts";
import { execute } from "./execute.ts";
import { BUILD_FOLDER, planMounts, planNetworkFiles, type MountStep } from "./namespace-plan.ts";
import { writeMountScript } from "./mount-script.ts";
import { Skeleton } from "./skeleton.ts";
import { findOnPath, isWithin } from "./tools.ts";

const HELPER_PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin";
const NEW_NAMESPACE = ["--user", "--map-root-user", "--mount", "--propagation", "private"];

/** The system's own programs that a namespace is made with. */
export interface NamespacePrograms {
  unshare: string;
  mount: string;
}

/**
 * Finds out, by running a command that does nothing, whether this machine lets us give a command a file system of its own.
 *
 * @param rest what the commands of this build will have in common
 * @returns undefined if it does not: another system than Linux, no `unshare`, or a kernel that refuses
 */
export async function probeNamespace(
  rest: Pick<RunCommand, "tools" | "caller" | "cacheDir" | "scratchDir">,
): Promise<NamespacePrograms | undefined> {
  if (process.platform !== "linux") return undefined;
  const unshare = findOnPath("unshare", HELPER_PATH);
  const mount = findOnPath("mount", HELPER_PATH);
  if (unshare === undefined || mount === undefined) return undefined;
  const rootfs = await mkdtemp(join(rest.scratchDir, "probe-"));
  const stage = {
    rootfs,
    tree: new FileTree(),
    env: { PATH: HELPER_PATH },
    workdir: "/",
    mounts: [],
    isWhole: false,
    line: 0,
  };
  const command = {
    ...rest,
    ...stage,
    argv: ["/bin/sh", "-c", "true"],
    isShellForm: true,
    user: { ...ROOT_USER, uid: 1 },
  };
  const prepared = await prepareInNamespace(command, { unshare, mount });
  const { exitCode } = await execute(prepared, { onLine: () => {} });
  await prepared.cleanUp();
  await rm(rootfs, { recursive: true });
  return exitCode === 0 ? { unshare, mount } : undefined;
}

/**
 * Prepares a command to run in mount and user namespaces where the stage's paths are the absolute paths, the machine's
 * programs are there read-only where the stage is no whole system, and nothing else of the machine is. It keeps the network. This keeps builds apart from the
 * machine's files; it is not meant to hold back hostile code.
 */
export async function prepareInNamespace(
  command: RunCommand,
  programs: NamespacePrograms,
): Promise<PreparedCommand> {
  const { rootfs, tree, user } = command;
  const own = await mkdtemp(join(command.scratchDir, "run-"));
  const root = join(own, "root");
  await mkdir(root);
  const build = await layOutBuildFolder(command, own);
  const mounts = await layOutMounts(command);
  const ground = command.isWhole ? planNetworkFiles(tree) : planMounts(tree, rootfs);
  const steps = [...build.steps, ...ground, ...mounts];
  const skeleton = await makeGround(command, steps);
  const script = join(own, "mounts.sh");
  await writeFile(script, writeMountScript(steps, { ground: rootfs, root, mount: programs.mount }));
  const asUser =
    user.uid === 0 ? [] : ["--user", `--map-user=${user.uid}`, `--map-group=${user.gid}`];
  const inner = [
    programs.unshare,
    ...asUser,
    "--root",
    root,
    "--wd",
    command.workdir,
    "--",
    ...command.argv,
  ];
  return {
    file: programs.unshare,
    args: [...NEW_NAMESPACE, "/bin/sh", script, ...inner],
    env: {
      HOME: user.home,
      ...command.caller.variables,
      ...build.certificates,
      ...cacheVariables(`${BUILD_FOLDER}/cache`),
      ...command.env,
      PATH: [`${BUILD_FOLDER}/bin`, ...build.folders, command.env["PATH"] ?? ""].join(":"),
    },
    cwd: "/",
    warnings: [],
    cleanUp: async () => {
      await skeleton.remove();
      await rm(own, { recursive: true });
    },
  };
}

/** `/.build`: the tools under their names, the caller's certificates, the package managers' caches. */
async function layOutBuildFolder(
  { tools, caller, cacheDir, isWhole }: RunCommand,
  own: string,
): Promise<{ steps: MountStep[]; folders: string[]; certificates: Record<string, string> }> {
  const bin = join(own, "bin");
  await mkdir(bin);
  await mkdir(join(cacheDir, "mounts", "shared"), { recursive: true });
  const steps: MountStep[] = [
    { do: "tmpfs", at: BUILD_FOLDER },
    { do: "bind", from: bin, at: `${BUILD_FOLDER}/bin`, readOnly: true, isFolder: true },
    {
      do: "bind",
      from: join(cacheDir, "mounts", "shared"),
      at: `${BUILD_FOLDER}/cache`,
      readOnly: false,
      isFolder: true,
    },
  ];
  const show = (path: string, isFolder: boolean): string => {
    if (!isWhole && isWithin(path, "/usr")) return path;
    const known = steps.find((step) => step.do === "bind" && step.from === path);
    if (known !== undefined) return known.at;
    const at = `${BUILD_FOLDER}/${steps.length}`;
    steps.push({ do: "bind", from: path, at, readOnly: true, isFolder });
    return at;
  };
  for (const { name, file, installation, isScript } of tools.programs) {
    const place = show(installation, true) + file.slice(installation.length);
    if (isScript)
      await writeFile(join(bin, name), `#!/bin/sh\nexec node '${place}' "$@"\n`, { mode: 0o755 });
    else await symlink(place, join(bin, name));
  }
  const folders = tools.folders.map((folder) => show(folder, true));
  const certificates: Record<string, string> = {};
  for (const [name, path] of Object.entries(caller.certificates)) {
    certificates[name] = show(realpathSync(path), name.endsWith("_DIR"));
  }
  return { steps, folders, certificates };
}

async function layOutMounts({ mounts, workdir, cacheDir }: RunCommand): Promise<MountStep[]> {
  const steps: MountStep[] = [];
  for (const { type, target, id } of mounts) {
    const at = `/${toTreePath(target, workdir)}`;
    if (type === "tmpfs") {
      steps.push({ do: "tmpfs", at });
      continue;
    }
    const from = join(cacheDir, "mounts", encodeURIComponent(id));
    await mkdir(from, { recursive: true });
    steps.push({ do: "bind", from, at, readOnly: false, isFolder: true });
  }
  return steps;
}

/** Makes, in the stage, the places that the steps on its ground need, and those that every base image has. */
async function makeGround({ rootfs, user }: RunCommand, steps: MountStep[]): Promise<Skeleton> {
  const skeleton = new Skeleton(rootfs);
  for (const name of ["proc", "dev", "var"]) await skeleton.addFolder(name);
  for (const name of ["tmp", "var/tmp"]) await skeleton.addFolder(name, 0o1777);
  if (user.home !== "/nonexistent")
    await skeleton.addFolder(user.home, user.uid === 0 ? 0o700 : 0o755);
  const covered = steps.flatMap((step) => (step.do === "tmpfs" ? [step.at] : []));
  for (const step of steps) {
    if (
      step.do === "freeze" ||
      covered.some((place) => step.at !== place && isWithin(step.at, place))
    )
      continue;
    if (step.do === "link") await skeleton.addLink(step.at, step.target);
    else if (step.do === "bind" && !step.isFolder) await skeleton.addFile(step.at);
    else await skeleton.addFolder(step.at);
  }
  return skeleton;
}
