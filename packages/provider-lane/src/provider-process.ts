import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** A provider that cannot be kept running: the message says why. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
}

/** Where a provider answers, and in which protocol: what it prints when it is started with `-debug`. */
export interface Attachment {
  readonly Protocol: string;
  readonly ProtocolVersion: number;
  readonly Addr: { readonly Network: string; readonly String: string };
}

/** How a provider is started. */
export interface ProviderOptions {
  /** Path of its program. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** A folder for its socket, which goes away with it. */
  readonly directory: string;
}

/**
 * Its first command makes the provider validate the schemas of all its resources, and a third of that is collecting
 * garbage. Collecting a third as often costs next to nothing more than never, and keeps a quarter of the memory (0.55 GB
 * for 2.1). Started by hand it also writes a line of log for each resource.
 * https://pkg.go.dev/runtime#hdr-Environment_Variables
 * https://developer.hashicorp.com/terraform/plugin/log/managing#enable-logging
 */
const THRIFT = {
  GOGC: "300",
  TF_LOG: "OFF",
  TF_LOG_SDK: "OFF",
  TF_LOG_PROVIDER: "OFF",
};

/**
 * Ends the provider when the pipe to us breaks, so when we die, however we die; and ends itself when the provider does.
 * What waits for the pipe is the shell's own `read`; all of them are one group of processes, and end as one.
 */
const KEEPER = `
exec 3<&0
"$1" -debug </dev/null 3<&- & provider=$!
( read -r _ <&3; rm -rf "$2"; kill -KILL 0 ) >/dev/null 2>&1 & keeper=$!
wait "$provider"; code=$?
kill "$keeper" 2>/dev/null
rm -rf "$2"
exit "$code"
`;

const START_DEADLINE_MS = 60_000;
const LARGEST_TAIL = 4000;

/** A stock provider that goes on running, in a session of its own: no Ctrl-C of a terminal reaches it. */
export class ProviderProcess {
  /** By the address of the provider: `registry.terraform.io/hashicorp/aws`. */
  readonly source: string;
  readonly attachment: Attachment;
  /** Resolves when it has ended, however it did, to the end of what it said. */
  readonly ended: Promise<string>;
  readonly #keeper: ChildProcess;

  private constructor(
    keeper: ChildProcess,
    ended: Promise<string>,
    [source, attachment]: [string, Attachment],
  ) {
    this.#keeper = keeper;
    this.ended = ended;
    this.source = source;
    this.attachment = attachment;
  }

  /** @throws {ProviderError} where it ends, or speaks otherwise, before it has said where it answers */
  static async start({ program, env, directory }: ProviderOptions): Promise<ProviderProcess> {
    const keeper = spawn("/bin/sh", ["-c", KEEPER, "keeper", program, directory], {
      // Its socket is for us alone: https://pkg.go.dev/github.com/hashicorp/go-plugin#pkg-constants
      env: { ...env, ...THRIFT, PLUGIN_UNIX_SOCKET_DIR: directory },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    keeper.stdin.on("error", () => {}); // it has ended, which `ended` tells
    let said = "";
    keeper.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-LARGEST_TAIL);
    });
    const ended = new Promise<string>((resolve) => {
      keeper.once("error", (error) => resolve(error.message));
      keeper.once("close", () => resolve(said.trim()));
    });
    try {
      return new ProviderProcess(keeper, ended, await announced(keeper, ended));
    } catch (error) {
      keeper.stdin.end();
      throw error;
    }
  }

  /** Ends it and resolves when it is gone. */
  async stop(): Promise<void> {
    this.#keeper.stdin!.end();
    await this.ended;
  }
}

async function announced(
  keeper: ChildProcess,
  ended: Promise<string>,
): Promise<[string, Attachment]> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  createInterface({ input: keeper.stdout! }).on("line", (line) => {
    const match = /^\s*TF_REATTACH_PROVIDERS='(.*)'$/.exec(line);
    if (match) resolve(match[1]!);
  });
  const deadline = setTimeout(() => {
    reject(new ProviderError(`it has not said where it is within ${START_DEADLINE_MS / 1000} s`));
  }, START_DEADLINE_MS);
  void ended.then((said) => reject(new ProviderError(`it ended: ${said || "without a word"}`)));
  try {
    const [source, attachment] = parse(await promise);
    const { Protocol, ProtocolVersion, Addr } = attachment;
    const speaks = `${Protocol} ${ProtocolVersion} over ${Addr.Network}`;
    if (Protocol === "grpc" && [5, 6].includes(ProtocolVersion) && Addr.Network === "unix")
      return [source, attachment];
    throw new ProviderError(`it speaks ${speaks}, not grpc 5 or 6 over unix`);
  } finally {
    clearTimeout(deadline);
  }
}

function parse(json: string): [string, Attachment] {
  const [entry] = Object.entries(JSON.parse(json) as Record<string, Attachment>);
  if (!entry) throw new ProviderError("it names no provider");
  return entry;
}
