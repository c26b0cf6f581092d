import { LayerError } from "@workbook/image-layers";
import type { Failure } from "./inside/messages.ts";

/** Why the room could not be made: what the machine said. */
export class RoomError extends Error {
  override readonly name = "RoomError";
}

/** A failure of the supervisor, as the error that it was. */
export function toError({ kind, message }: Failure): Error {
  return kind === "LayerError" ? new LayerError(message) : new Error(message);
}
