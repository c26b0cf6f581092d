import type { Words } from "@workbook/toolchain";
import type { RunMount } from "../build/run-flags.ts";
import type { User } from "../build/users.ts";
import type { FileTree } from "../files/tree.ts";
import type { CallerSettings } from "./environment.ts";
import type { ResolvedTools } from "./tools.ts";

/** A RUN, ready to be started. */
export interface RunCommand {
  /** Program and arguments; in the shell form the last one is the text. */
  argv: string[];
  isShellForm: boolean;
  /** The stage's own environment: its ENV and the ARGs in scope. */
  env: Record<string, string>;
  workdir: string;
  user: User;
  mounts: RunMount[];
  line: number;
  /** The folder that holds the stage's file system. */
  rootfs: string;
  /** What is in it. */
  tree: FileTree;
  /** Whether that is a whole system, whose own programs run; else this machine's do. */
  isWhole: boolean;
  tools: ResolvedTools;
  caller: CallerSettings;
  /** A folder for caches, kept between builds. */
  cacheDir: string;
  /** A folder that is removed when the build ends. */
  scratchDir: string;
}

/** How a command is started, by one of the two tiers. */
export interface PreparedCommand {
  file: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  warnings: Words[];
  /** Takes away what was put into the stage only for the command. */
  cleanUp: () => Promise<void>;
}
