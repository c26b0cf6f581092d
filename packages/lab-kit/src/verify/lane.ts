import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  copySnapshot,
  DEFAULT_HOME_ADDRESS,
  LOCAL_ACCELERATION,
  LocalAws,
  type LocalAwsOptions,
} from "@workbook/local-aws";
import { EC2 } from "@aws-sdk/client-ec2";
import { ECR } from "@aws-sdk/client-ecr";
import { ensureStateBucket } from "../deploy/state-bucket.ts";
import { LabRun } from "../deploy/lab-run.ts";
import type { Deployment, StackId } from "../deploy/stack.ts";
import type { FoundTools, Target } from "../deploy/target.ts";
import type { Lab } from "../load-lab.ts";
import type { PushedImage } from "../synth.ts";
import { KeptLane } from "../terraform/kept-lane.ts";
import type { Builds } from "./builds.ts";
import { changedStacks, type LabVariant } from "./changed-stacks.ts";
import type { SynthBatch } from "./synth-batch.ts";

/** The cloud of a lane, as whoever makes a target of it needs it. */
export interface LaneCloud {
  readonly endpoint: string;
  readonly credentials: LocalAws["credentials"];
  /** IPv4 address that requests of this machine count as coming from. */
  readonly homeAddress: string;
}

/** What all lanes have in common. */
export interface LaneOptions {
  /** The clone. */
  readonly root: string;
  /** A folder for this run alone; each lane has one of its own in it. */
  readonly scratch: string;
  /** Where images are built once for all lanes: `images` and `cache` are in it. */
  readonly state: string;
  readonly tools: FoundTools;
  /** How tasks run; what this machine can do best where it is left open. */
  readonly tasks?: LocalAwsOptions["tasks"] | undefined;
  /** The program that runs containers, where it is not the machine's own. */
  readonly runc?: string | undefined;
  readonly batch: SynthBatch;
  readonly builds: Builds;
  /** An OCI image layout with what stands in for images of public registries, whether those can be reached or not. */
  readonly standIns: string;
  readonly targetOf: (cloud: LaneCloud) => Promise<Target>;
  readonly signal?: AbortSignal;
}

const IMAGE_BUILDER = fileURLToPath(import.meta.resolve("@workbook/image-builder"));

/** A cloud with a Terraform provider of its own: one thing at a time is done in it. */
export class Lane {
  readonly cloud: LocalAws;
  readonly target: Target;
  /** What Local AWS itself complained about, and why Terraform's provider was not kept. */
  readonly complaints: readonly string[];
  readonly #provider: KeptLane;
  readonly #options: LaneOptions;
  readonly #directory: string;

  private constructor(
    cloud: LocalAws,
    target: Target,
    provider: KeptLane,
    complaints: readonly string[],
    options: LaneOptions,
    directory: string,
  ) {
    this.cloud = cloud;
    this.target = target;
    this.complaints = complaints;
    this.#provider = provider;
    this.#options = options;
    this.#directory = directory;
  }

  static async start(options: LaneOptions, name: string): Promise<Lane> {
    const directory = join(options.scratch, name);
    mkdirSync(directory, { recursive: true });
    for (const shared of ["images", "cache"]) {
      mkdirSync(join(options.state, shared), { recursive: true });
      if (!existsSync(join(directory, shared)))
        symlinkSync(join(options.state, shared), join(directory, shared), "dir");
    }
    const complaints: string[] = [];
    const cloud = await LocalAws.start({
      port: 0,
      listeners: "ephemeral",
      ...(options.tasks && { tasks: options.tasks }),
      runc: options.runc,
      dataDir: join(directory, "cloud"),
      standIns: options.standIns,
      standInsFirst: true,
      imageBuilder: IMAGE_BUILDER,
      logger: {
        info: () => {},
        error: (message, error) => {
          complaints.push(`${message}: ${error instanceof Error ? error.stack : String(error)}`);
        },
      },
    });
    try {
      const { endpoint, credentials } = cloud;
      const homeAddress = DEFAULT_HOME_ADDRESS;
      const target = await options.targetOf({ endpoint, credentials, homeAddress });
      const provider = new KeptLane(target.environment, (line) => complaints.push(line));
      const laneTarget: Target = {
        ...target,
        lane: provider,
        pace: LOCAL_ACCELERATION,
        // Its listeners are where there is room, and what is proved is asked of Terraform each time.
        requireListenerPorts: undefined,
        revision: undefined,
      };
      return new Lane(cloud, laneTarget, provider, complaints, options, directory);
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  /**
   * A lab's variant as it would be deployed here.
   * @param images what images are called, where that is known without building any
   */
  run(lab: Lab, variant: string, images?: readonly PushedImage[]): LabRun {
    const { root, tools, signal, batch, builds } = this.#options;
    const directories = { root, state: this.#directory };
    const synthesise: Deployment["synthesise"] = (options) => batch.synthesise(options);
    const build: Deployment["build"] = (deployment) => builds.of(deployment);
    const { target } = this;
    return new LabRun(
      { lab, variant, target, directories, tools, build, synthesise, signal },
      images,
    );
  }

  /** The stacks of a variant that differ from what is deployed here: all where nothing is. */
  changed(wanted: LabVariant, deployed: LabVariant | undefined): Promise<readonly StackId[]> {
    return changedStacks(this.#options.batch, wanted, deployed);
  }

  /** A new folder of the lane's. */
  folder(name: string): string {
    return join(this.#directory, name);
  }

  /** Keeps the cloud as it is, for all lanes. */
  async save(name: string): Promise<void> {
    await this.cloud.snapshots.save(name);
    await copySnapshot(this.cloud.dataDir, this.#shared, name);
  }

  /** Makes the cloud what a lane has saved. */
  async restore(name: string): Promise<void> {
    if (!this.cloud.snapshots.list().some((each) => each.name === name))
      await copySnapshot(this.#shared, this.cloud.dataDir, name);
    await this.cloud.snapshots.restore(name);
  }

  /** An account in which nothing was ever deployed: the bucket for Terraform's state, and what AWS puts there itself. */
  async prepareAccount(): Promise<void> {
    const ec2 = new EC2(this.target.connection);
    await ec2.describeVpcs({});
    ec2.destroy();
    await ensureStateBucket(this.target);
  }

  /** Everything that exists, by kind and id. */
  async resources(): Promise<string[]> {
    const ecr = new ECR(this.target.connection);
    try {
      const { repositories = [] } = await ecr.describeRepositories({});
      return [
        ...this.cloud.engine.topology().resources.map(({ kind, id }) => `${kind} ${id}`),
        ...repositories.map(({ repositoryName }) => `ecr.repository ${repositoryName}`),
      ].toSorted();
    } finally {
      ecr.destroy();
    }
  }

  /** Folders of tasks whose programs run: the driver, whichever it is, removes each when the last of its programs is gone. */
  runningTasks(): string[] {
    return ["runtime/tasks", "runtime/room/tasks"].flatMap((name) => {
      const tasks = join(this.cloud.dataDir, name);
      return existsSync(tasks) ? readdirSync(tasks) : [];
    });
  }

  /** Ends the provider, the tasks and the cloud. */
  async stop(): Promise<void> {
    try {
      await this.#provider.close();
    } finally {
      await this.cloud.stop();
    }
  }

  get #shared(): string {
    return join(this.#options.scratch, "shared");
  }
}
