/** Why a registry gave nothing, in the words of containerd, which Fargate pulls with. */
export class RegistryFault extends Error {
  override readonly name = "RegistryFault";
  /** Whether it may go another time. */
  readonly isPassing: boolean;
  /** How far it came: there was no answer, the registry has no such thing, or it said something else. */
  readonly stage: "unreachable" | "missing" | "refused";

  constructor(
    message: string,
    options: { isPassing?: boolean; stage?: RegistryFault["stage"]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.isPassing = options.isPassing ?? false;
    this.stage = options.stage ?? "refused";
  }
}

const STAGES = ["unreachable", "missing", "refused"];

/** Of the faults of several hosts, the first of those that came furthest: what containerd tells. */
export function mostTelling(faults: readonly RegistryFault[]): RegistryFault {
  const rank = ({ stage }: RegistryFault) => STAGES.indexOf(stage);
  return faults.reduce((told, fault) => (rank(fault) > rank(told) ? fault : told));
}

interface SystemError {
  readonly code?: string;
  readonly message?: string;
  readonly address?: string;
  readonly port?: number;
  readonly errors?: readonly SystemError[];
  readonly cause?: SystemError;
}

/** How Go's network packages, which containerd is made of, word what Node's errors say. */
const WORDS: Readonly<Record<string, (at: string, host: string) => string>> = {
  ENOTFOUND: (_, host) => `dial tcp: lookup ${host}: no such host`,
  EAI_AGAIN: (_, host) => `dial tcp: lookup ${host}: Temporary failure in name resolution`,
  ECONNREFUSED: (at) => `dial tcp ${at}: connect: connection refused`,
  ENETUNREACH: (at) => `dial tcp ${at}: connect: network is unreachable`,
  EHOSTUNREACH: (at) => `dial tcp ${at}: connect: no route to host`,
  ETIMEDOUT: (at) => `dial tcp ${at}: i/o timeout`,
  UND_ERR_CONNECT_TIMEOUT: (at) => `dial tcp ${at}: i/o timeout`,
  ECONNRESET: (at) => `read tcp ${at}: read: connection reset by peer`,
  UND_ERR_SOCKET: () => "EOF",
};

/** A request that came to nothing before there was an answer. */
export function failedRequest(method: string, url: URL, error: unknown): RegistryFault {
  const verb = method[0] + method.slice(1).toLowerCase();
  const said = `failed to do request: ${verb} "${url.href}": ${cause(error as SystemError, url)}`;
  return new RegistryFault(said, { isPassing: true, stage: "unreachable", cause: error });
}

function cause(error: SystemError, url: URL): string {
  const deepest = error.cause ?? error;
  // One address of several: the first says what the others do.
  const first = deepest.errors?.[0] ?? deepest;
  const port = first.port ?? (Number(url.port) || (url.protocol === "https:" ? 443 : 80));
  const at = `${first.address ?? url.hostname}:${port}`;
  const words = WORDS[first.code ?? ""];
  return words?.(at, url.hostname) ?? first.message ?? String(first);
}
