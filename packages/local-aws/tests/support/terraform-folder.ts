import { cpSync } from "node:fs";
import { cleanEnvironment, findTerraform, terraformCliConfig } from "@workbook/toolchain";
import { TEST_REGION } from "../../src/testing.ts";
import { runProgram } from "./run-program.ts";
import type { SpawnedCloud } from "./spawned-cloud.ts";

/** What a run said, and its exit code. */
interface Run {
  readonly code: number;
  readonly output: string;
}

/** A copy of a folder with HCL, and plain Terraform in it. */
export class TerraformFolder {
  readonly #executable: string;
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(executable: string, folder: string, env: NodeJS.ProcessEnv) {
    this.#executable = executable;
    this.#folder = folder;
    this.#env = env;
  }

  /**
   * Copies `from` to `to`, for a Terraform that takes endpoint and keys from its environment.
   * @param more goes over that environment
   */
  static async copy(
    from: string,
    to: string,
    cloud: SpawnedCloud,
    more: NodeJS.ProcessEnv = {},
  ): Promise<TerraformFolder> {
    cpSync(from, to, { recursive: true });
    const { endpoint, credentials } = cloud;
    const env = cleanEnvironment(process.env, { endpoint, credentials, region: TEST_REGION });
    const { file } = terraformCliConfig();
    const { path } = await findTerraform();
    return new TerraformFolder(path, to, {
      ...env,
      TF_IN_AUTOMATION: "1",
      TF_CLI_CONFIG_FILE: file,
      ...more,
    });
  }

  /** Runs a command to its end. */
  async run(...args: string[]): Promise<Run> {
    const options = { cwd: this.#folder, env: this.#env };
    const { code, stdout, stderr } = await runProgram(
      this.#executable,
      [...args, "-no-color"],
      options,
    );
    return { code, output: stdout + stderr };
  }

  /** Runs a command that must succeed. @throws Error with what Terraform said */
  async succeed(...args: string[]): Promise<string> {
    const { code, output } = await this.run(...args);
    if (code !== 0) throw new Error(`terraform ${args[0]} exits ${code}:\n${output}`);
    return output;
  }
}
