import { spawn } from "node:child_process";

/** A test runner of somebody else's. */
export interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets each line of standard output; without it, both streams go to ours as they are. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs it to its end. Ctrl-C reaches it by itself, as it is in our process group.
 * @returns its exit code; 1 where a signal ended it
 * @throws Error where it cannot be started
 */
export function runProgram({ path, args, cwd, env, onLine }: Program): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, [...args], {
      cwd,
      env,
      stdio: ["ignore", onLine ? "pipe" : "inherit", "inherit"],
    });
    let rest = "";
    child.stdout?.setEncoding("utf8");
    child.stdout?.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine?.(line);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (rest !== "") onLine?.(rest);
      resolve(code ?? 1);
    });
  });
}
