import { CannotStartError } from "../cannot-start-error.ts";
import { CannotOpenTerminalError, type TaskDriver } from "./driver.ts";

/** The driver of a cloud that is the control plane alone: no task can start, and none is ever there. */
export function createOffDriver(): TaskDriver {
  return {
    name: "off",
    start: async ({ taskId }) => {
      throw new CannotStartError(
        `CannotStartContainerError: task ${taskId} cannot run: this Local AWS was started with --tasks off`,
      );
    },
    unheeded: () => [],
    stop: async () => {},
    endpoint: () => undefined,
    openTerminal: async (taskArn) => {
      throw new CannotOpenTerminalError(`${taskArn} does not run`);
    },
    usage: async () => new Map(),
    reap: async () => {},
    close: async () => {},
  };
}
