/** Why a task cannot start, in the words that ECS gives (`CannotStartContainerError: …`). */
export class CannotStartError extends Error {
  override readonly name = "CannotStartError";
}
