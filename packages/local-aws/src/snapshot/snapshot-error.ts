const STATUS = {
  InvalidName: 400,
  NotFound: 404,
  Broken: 409,
  Busy: 409,
} as const;

/** A snapshot cannot be taken, restored or removed; the message says why. The running cloud is as it was. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
  readonly code: keyof typeof STATUS;

  constructor(code: keyof typeof STATUS, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Of the answer to an HTTP request. */
  get status(): number {
    return STATUS[this.code];
  }
}
