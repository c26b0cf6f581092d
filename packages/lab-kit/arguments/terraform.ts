import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { LocalAws } from "@workbook/local-aws";
import { findProvider, namesIn, openLane, type Lane } from "@workbook/provider-lane";
import { cleanEnvironment, findTerraform, terraformCliConfig } from "@workbook/toolchain";
import type { Complaint, Plan, StateResource } from "./plan.ts";
import type { Block } from "./schema-arguments.ts";

const SOURCE = "registry.terraform.io/hashicorp/aws";
const REGION = "ap-northeast-1";
/** Most resources do nothing but wait. */
const PARALLELISM = "-parallelism=40";

/** How a command is run. */
interface Way {
  /** Terraform starts a provider of its own, as it does at everybody's. */
  readonly isOrdinary?: boolean;
  readonly mayFail?: boolean;
}

/** A cloud of its own without tasks, a folder with HCL, and Terraform with a kept provider in it. */
export class Terraform implements AsyncDisposable {
  readonly #cloud: LocalAws;
  readonly #lane: Lane;
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #program: string;

  private constructor(
    cloud: LocalAws,
    lane: Lane,
    { folder, env, program }: { folder: string; env: NodeJS.ProcessEnv; program: string },
  ) {
    this.#cloud = cloud;
    this.#lane = lane;
    this.#folder = folder;
    this.#env = env;
    this.#program = program;
  }

  /**
   * @param scratch an empty folder
   * @param files absolute paths of HCL: the first has the provider, and all name the types that there will be
   */
  static async start(scratch: string, files: readonly string[]): Promise<Terraform> {
    const folder = join(scratch, "stack");
    mkdirSync(folder);
    copyFiles(files.slice(0, 1), folder);
    const cloud = await LocalAws.start({
      port: 0,
      listeners: "ephemeral",
      tasks: "off",
      dataDir: join(scratch, "cloud"),
    });
    const { endpoint, credentials } = cloud;
    const { file } = terraformCliConfig();
    const env = {
      ...cleanEnvironment(process.env, { endpoint, credentials, region: REGION }),
      TF_CLI_CONFIG_FILE: file,
      TF_IN_AUTOMATION: "1",
    };
    const program = (await findTerraform()).path;
    await runTerraform(program, ["init", "-input=false"], { cwd: folder, env });
    const provider = (await findProvider(folder, SOURCE))!;
    const types = files.flatMap((each) => [...namesIn(readFileSync(each, "utf8"))]);
    const lane = await openLane({ provider, env, types });
    return new Terraform(cloud, lane, { folder, env, program });
  }

  /** Takes these files for the configuration, instead of those that it was. */
  use(files: readonly string[]): void {
    for (const file of globSync("*.{tf,tf.json}", { cwd: this.#folder }))
      rmSync(join(this.#folder, file));
    copyFiles(files, this.#folder);
  }

  /** Writes one more file of the configuration. */
  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }

  /** @throws Error with what is wrong in the files */
  async validate(): Promise<void> {
    await this.#run(["validate"]);
  }

  /** The schemas of the types that the files name. */
  async schemas(): Promise<Readonly<Record<string, Block>>> {
    const said = JSON.parse(await this.#run(["providers", "schema", "-json"])) as {
      provider_schemas: Record<string, { resource_schemas: Record<string, { block: Block }> }>;
    };
    const { resource_schemas } = said.provider_schemas[SOURCE]!;
    const blocks = Object.entries(resource_schemas).map(([type, { block }]) => [type, block]);
    return Object.fromEntries(blocks) as Record<string, Block>;
  }

  /** @returns what would change */
  async plan(changed: boolean, way: Way = {}): Promise<Plan> {
    await this.#run(["plan", "-out=plan", ...options(changed)], way);
    return JSON.parse(await this.#run(["show", "-json", "plan"])) as Plan;
  }

  /** Applies what {@link plan} has found. @returns the complaints, none where all was well */
  applyPlan(way: Way = {}): Promise<Complaint[]> {
    return this.#complaints(["apply", "-json", PARALLELISM, "plan"], way);
  }

  apply(changed: boolean): Promise<Complaint[]> {
    return this.#complaints(["apply", "-json", "-auto-approve", ...options(changed)]);
  }

  destroy(changed: boolean): Promise<Complaint[]> {
    return this.#complaints(["destroy", "-json", "-auto-approve", ...options(changed)]);
  }

  /** Values of an output. */
  async output<T>(name: string): Promise<T> {
    return JSON.parse(await this.#run(["output", "-json", name])) as T;
  }

  async outputNames(): Promise<string[]> {
    return Object.keys(JSON.parse(await this.#run(["output", "-json"])) as object);
  }

  /** The resources of the state. */
  async resources(): Promise<readonly StateResource[]> {
    const { values } = JSON.parse(await this.#run(["show", "-json"])) as {
      values?: { root_module: { resources?: readonly StateResource[] } };
    };
    return (values?.root_module.resources ?? []).filter(({ mode }) => mode === "managed");
  }

  /** Lets the state forget resources that there are. */
  async forget(addresses: readonly string[]): Promise<void> {
    await this.#run(["state", "rm", ...addresses]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lane.close();
    await this.#cloud.stop();
  }

  async #complaints(args: readonly string[], way: Way = {}): Promise<Complaint[]> {
    const said = await this.#run(args, { ...way, mayFail: true });
    return said.split("\n").flatMap(toComplaint);
  }

  #run(args: readonly string[], { isOrdinary = false, mayFail = false }: Way = {}) {
    const reattach = isOrdinary ? {} : { TF_REATTACH_PROVIDERS: this.#lane.reattach };
    const env = { ...this.#env, ...reattach };
    return runTerraform(this.#program, args, { cwd: this.#folder, env, mayFail });
  }
}

const options = (changed: boolean) => ["-input=false", PARALLELISM, "-var", `changed=${changed}`];

/** Files of a folder of HCL: those of these names, or all of them. */
export function hclFiles(folder: string, names: readonly string[]): string[] {
  return globSync("*.tf", { cwd: folder })
    .toSorted()
    .filter((file) => names.length === 0 || names.includes(basename(file, ".tf")))
    .map((file) => join(folder, file));
}

function copyFiles(files: readonly string[], folder: string): void {
  for (const file of files) cpSync(file, join(folder, basename(file)));
}

function toComplaint(line: string): Complaint[] {
  if (!line.startsWith("{")) return [];
  const event = JSON.parse(line) as {
    readonly "@level": string;
    readonly diagnostic?: { address?: string; summary: string; detail?: string };
  };
  if (event["@level"] !== "error" || !event.diagnostic) return [];
  const { address = "", summary, detail = "" } = event.diagnostic;
  return [{ address, words: [summary, detail].filter(Boolean).join(": ") }];
}

/** @throws Error with what Terraform said, unless it may fail */
async function runTerraform(
  program: string,
  args: readonly string[],
  way: { cwd: string; env: NodeJS.ProcessEnv; mayFail?: boolean },
): Promise<string> {
  const { cwd, env, mayFail = false } = way;
  const child = spawn(program, [...args, "-no-color"], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => (said[stream] += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0 && !mayFail)
    throw new Error(`terraform ${args[0]} exits ${code}:\n${said.stdout}${said.stderr}`);
  return said.stdout;
}
