import type { EffectiveAddress } from "../http-request.ts";
import type { AwsConnection } from "../live.ts";
import type { LaneTurn } from "../terraform/run-command.ts";

/** Where a lab is deployed to, and as whom. */
export interface Target {
  readonly name: "local" | "aws";
  /** Who does the lab: part of every name. */
  readonly owner: string;
  readonly region: string;
  /** IPv4 CIDR block that may reach the load balancer. */
  readonly homeCidr: string;
  /** Answers every AWS call instead of AWS; undefined for AWS itself. */
  readonly endpointUrl: string | undefined;
  /** For SDK clients of our own. */
  readonly connection: AwsConnection;
  /** The whole environment of Terraform. */
  readonly environment: NodeJS.ProcessEnv;
  /** How commands of Terraform come to a provider that runs already; undefined: each starts its own. */
  readonly lane?: TargetLane;
  /** Where a listener is really reached; undefined: by its load balancer's name. */
  readonly effectiveAddress: EffectiveAddress | undefined;
  /** Makes sure that listeners on these ports will be reachable; throws where they will not. */
  readonly requireListenerPorts?: (ports: readonly number[]) => Promise<void>;
  /** Changes whenever anything that Terraform could see has; undefined: there is no telling without asking Terraform. */
  readonly revision?: () => Promise<string | undefined>;
  /** How many times faster than on AWS idle waiting passes; undefined: it does not. */
  readonly pace?: number;
  /** Undefined: there is no way back. */
  readonly checkpoint?: Checkpoint | undefined;
}

/** A provider that is kept for this target, with its keys. */
export interface TargetLane {
  /**
   * One command's turn.
   *
   * @param types the types of resources and data sources that the command may meet
   * @param directory the stack's, initialised: the provider's program is there
   */
  turn(types: ReadonlySet<string>, directory: string): Promise<LaneTurn>;
}

/** A way back for a deployment that is cut off; only a cloud of our own has one. */
export interface Checkpoint {
  /** Keeps the cloud as it is now, with the states in it. */
  take(): Promise<void>;
  /** Makes the cloud what it was; false where nothing was kept. */
  rollBack(): Promise<boolean>;
}

/** Directories of the workbook that deploying needs; all absolute. */
export interface WorkbookDirectories {
  /** The clone. */
  readonly root: string;
  /** What a command may keep between two runs: `.workbook`. */
  readonly state: string;
}

/** Programs that have been found on this machine. */
export interface FoundTools {
  /** Path of `terraform`. */
  readonly terraform: string;
  /** Directories and programs that images are built with. */
  readonly build: {
    readonly node?: string;
    readonly npm?: string;
    readonly go?: string;
    readonly path?: readonly string[];
  };
}

/** What a diagnosis has to know of the machine that runs the tasks: on AWS nothing, Local AWS has its pace and architecture. */
export function whereTasksRun({ name, pace }: Pick<Target, "name" | "pace">): {
  readonly pace?: number;
  readonly architecture?: string;
} {
  if (name === "aws") return {};
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  return { architecture, ...(pace !== undefined && { pace }) };
}

/** What the bucket is called that holds the states of an account's learners. @param account twelve digits */
export function stateBucketName(account: string, region: string): string {
  return `ecs-workbook-state-${account}-${region}`;
}
