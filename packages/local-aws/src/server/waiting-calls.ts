import type { IncomingMessage } from "node:http";

/** The calls that wait for something to happen before they answer, such as SQS's long polls. */
export class WaitingCalls {
  readonly #tells = new Set<() => void>();
  #isHushed = false;

  /**
   * Calls `tell` when the call that came in should not wait any longer: its connection has closed, or all waiting is ended.
   * @returns how to stop that
   */
  wait({ socket }: IncomingMessage, tell: () => void): () => void {
    this.#tells.add(tell);
    socket.once("close", tell);
    if (socket.destroyed || this.#isHushed) queueMicrotask(tell);
    return () => {
      this.#tells.delete(tell);
      socket.off("close", tell);
    };
  }

  /** Has all calls that wait answer now, and those to come not wait, until what is answered is called. */
  hush(): () => void {
    this.#isHushed = true;
    for (const tell of this.#tells) tell();
    return () => (this.#isHushed = false);
  }
}
