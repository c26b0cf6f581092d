/** Optional facts of an {@link AwsError}. */
export interface AwsErrorOptions {
  /** HTTP status; without one the status modelled for the code is used, else 400. */
  readonly status?: number;
  /** Modelled members of the error beyond its message, e.g. `{ resourceIds: [...] }`. */
  readonly fields?: Record<string, unknown>;
  /** Whether the caller is at fault (`Sender`) or AWS is (`Receiver`); told from the status when left out. */
  readonly senderFault?: boolean;
  /** Headers of the answer, by lower-case name, such as `etag` beside a 304. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * An error of AWS's own: a code, a status and AWS's words. Handlers throw it; the encoder of the request's protocol
 * writes it. `code` is the error's shape name or its wire code: both are understood, and a code that the service does
 * not model (all of EC2's) is written as it is.
 */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** False when nobody named a status: then a status modelled for the code goes before `status`. */
  readonly statusGiven: boolean;
  readonly fields: Record<string, unknown>;
  readonly senderFault: boolean;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, message: string, options: AwsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.statusGiven = options.status !== undefined;
    this.fields = options.fields ?? {};
    this.headers = options.headers ?? {};
    this.senderFault = options.senderFault ?? this.status < 500;
  }
}
