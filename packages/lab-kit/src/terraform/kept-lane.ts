import { findProvider, openLane, type Lane } from "@workbook/provider-lane";
import type { TargetLane } from "../deploy/target.ts";
import { ORDINARY_TURN, type LaneTurn } from "./run-command.ts";

/** The provider of every stack. */
const AWS = "registry.terraform.io/hashicorp/aws";

/** A provider of this process, for one target: it is started by the first command that needs it. */
export class KeptLane implements TargetLane {
  readonly #env: NodeJS.ProcessEnv;
  readonly #onLog: (line: string) => void;
  #opened: Promise<Lane | undefined> | undefined;

  /** @param env the target's environment: its keys become the provider's */
  constructor(env: NodeJS.ProcessEnv, onLog: (line: string) => void) {
    this.#env = env;
    this.#onLog = onLog;
  }

  async turn(types: ReadonlySet<string>, directory: string): Promise<LaneTurn> {
    this.#opened ??= this.#open(directory);
    const lane = await this.#opened;
    if (!lane) return ORDINARY_TURN;
    lane.add(types);
    return {
      get reattach() {
        return lane.reattach;
      },
      get reattachWhole() {
        return lane.reattachWhole;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  /** Ends the provider. */
  async close(): Promise<void> {
    await (await this.#opened)?.close();
  }

  async #open(directory: string): Promise<Lane | undefined> {
    const provider = await findProvider(directory, AWS);
    if (provider === undefined) {
      this.#onLog(`terraform init has put no provider into ${directory}`);
      return undefined;
    }
    return openLane({ provider, env: this.#env, types: [], onLog: this.#onLog });
  }
}
