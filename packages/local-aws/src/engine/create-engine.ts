import type { Mount } from "../server/front-door.ts";
import type { EngineContext, EnginePart } from "./engine.ts";
import { createRegistry } from "./images/registry.ts";
import { NetworkPart } from "./network/network-part.ts";
import { topology, type Topology } from "./topology.ts";

export interface EngineOptions {
  readonly tasks: "process" | "docker" | "off";
  readonly listeners: "exact" | "offset" | "ephemeral";
  readonly toolsPath: readonly string[] | undefined;
}

/** Everything that happens behind the API. */
export interface Engine {
  start(): Promise<void>;
  /** Stops all parts; resolves when no timer, socket or process of theirs is left. */
  stop(): Promise<void>;
  /** What the front door serves for the engine: the registry, the task endpoints. */
  readonly mounts: readonly Mount[];
  /** Facts for `health` and `status`. */
  describe(): Record<string, unknown>;
  topology(): Topology;
  effectiveListeners(): readonly unknown[];
}

/** Puts the engine's parts together. */
export function createEngine(context: EngineContext, _options: EngineOptions): Engine {
  const parts: EnginePart[] = [new NetworkPart(context)];
  const started: EnginePart[] = [];
  return {
    mounts: [createRegistry(context)],
    describe: () => ({}),
    topology: () => topology(context.store),
    effectiveListeners: () => [],
    start: async () => {
      for (const part of parts) {
        started.unshift(part);
        await part.start();
      }
    },
    stop: async () => {
      for (const part of started.splice(0)) await part.stop();
    },
  };
}
