import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalAws } from "@workbook/local-aws";
import { cleanEnvironment, findTerraform, terraformCliConfig } from "@workbook/toolchain";
import { findProvider, type Attempt } from "../../src/index.ts";

export const REGION = "ap-northeast-1";
export const SOURCE = "registry.terraform.io/hashicorp/aws";

/** A configuration's own part of the provider block, and its resources. */
export interface Configuration {
  readonly provider?: object;
  readonly resource?: object;
  readonly data?: object;
  readonly output?: object;
}

/** How a run of Terraform ended. */
export interface Run extends Attempt {
  readonly code: number;
}

/** A folder with a configuration, and the Terraform of this machine in it. */
export class Stack {
  readonly directory: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #terraform: string;

  private constructor(directory: string, env: NodeJS.ProcessEnv, terraform: string) {
    this.directory = directory;
    this.#env = env;
    this.#terraform = terraform;
  }

  /** An initialised folder. */
  static async create(directory: string, env: NodeJS.ProcessEnv): Promise<Stack> {
    mkdirSync(directory);
    const stack = new Stack(directory, env, (await findTerraform()).path);
    stack.write({});
    const { code, said } = await stack.run("", ["init", "-input=false"]);
    if (code !== 0) throw new Error(said);
    return stack;
  }

  /** Where `init` has found the provider. */
  async provider(): Promise<string> {
    const found = await findProvider(this.directory, SOURCE);
    if (found === undefined) throw new Error(`there is no provider in ${this.directory}`);
    return found;
  }

  /** Writes the configuration. @returns its text */
  write({ provider = {}, ...rest }: Configuration): string {
    const block = { region: REGION, skip_metadata_api_check: "true", ...provider };
    return this.writeBlocks({ aws: block }, rest);
  }

  /** The same, with provider blocks as they are to be. */
  writeBlocks(provider: object, rest: Omit<Configuration, "provider">): string {
    const required_providers = { aws: { source: "hashicorp/aws", version: "5.100.0" } };
    const text = JSON.stringify({ terraform: { required_providers }, provider, ...rest });
    writeFileSync(join(this.directory, "main.tf.json"), text);
    return text;
  }

  get state(): string {
    const file = join(this.directory, "terraform.tfstate");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /**
   * Runs a command to its end.
   * @param onText gets all that was said so far, and the process, whenever more is said
   */
  async run(
    reattach: string,
    args: readonly string[],
    onText: (said: string, interrupt: () => void) => void = () => {},
    more: NodeJS.ProcessEnv = {},
  ): Promise<Run> {
    const child = spawn(this.#terraform, [...args, "-no-color"], {
      cwd: this.directory,
      env: { ...this.#env, ...more, TF_REATTACH_PROVIDERS: reattach },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        onText(said, () => child.kill("SIGINT"));
      });
    const [code] = (await once(child, "close")) as [number];
    const hasBegun = /: (?:Creating|Modifying|Destroying)\.\.\./.test(said);
    return { code, failed: code !== 0, said, hasBegun };
  }

  apply(reattach: string): Promise<Run> {
    return this.run(reattach, ["apply", "-input=false", "-auto-approve"]);
  }

  /** Exit code 0: nothing would change; 1: it failed; 2: something would. */
  plan(reattach: string): Promise<Run> {
    return this.run(reattach, ["plan", "-input=false", "-detailed-exitcode"]);
  }
}

/** A cloud for one test file, without tasks. */
export function startCloud(dataDir: string): Promise<LocalAws> {
  return LocalAws.start({ port: 0, listeners: "ephemeral", tasks: "off", dataDir });
}

/** The environment of Terraform and its provider, against that cloud. */
export function environmentOf({ endpoint, credentials }: LocalAws): NodeJS.ProcessEnv {
  const { file } = terraformCliConfig();
  const env = cleanEnvironment(process.env, { endpoint, credentials, region: REGION });
  return { ...env, TF_CLI_CONFIG_FILE: file, TF_IN_AUTOMATION: "1" };
}
