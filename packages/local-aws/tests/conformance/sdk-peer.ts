import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { AwsError } from "../../src/protocol/aws-error.ts";
import { AwsChunkedDecoder } from "../../src/protocol/chunked.ts";
import { toBytes } from "../../src/protocol/scalar.ts";
import type { ServiceId } from "../../src/protocol/service-id.ts";
import type {
  Protocol,
  ResolvedOperation,
  WireRequest,
  WireResponse,
} from "../../src/protocol/wire-types.ts";
import type { Wire } from "../../src/protocol/wire.ts";
import { modelled } from "../../src/protocol/service-id.ts";

type Values = Record<string, unknown>;

interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Record<string, string | readonly string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array | Readable;
}

interface SdkClient {
  send(command: object): Promise<Values>;
}

/** What the other side answers to a call. */
export type Answer = (resolved: ResolvedOperation, input: Values) => WireResponse;

/** An SDK client whose requests go straight to a wire, without a socket. */
export interface SdkPeer {
  /** Sends a command; `answer` sees the input as the wire decoded it. */
  call(operation: string, input: Values, answer: Answer): Promise<Values>;
}

/** Makes a client of a service that speaks the protocol; the client's own where it is the first of the service's. */
export async function createSdkPeer(
  wire: Wire,
  service: ServiceId,
  protocol: Protocol,
  first: boolean,
): Promise<SdkPeer> {
  const packageName = `@aws-sdk/client-${modelled(service).client}`;
  const clientModule = (await import(packageName)) as Record<
    string,
    new (input: unknown) => SdkClient
  >;
  let answer: Answer = () => {
    throw new AwsError("InternalFailure", "no call is under way");
  };
  const name =
    Object.keys(clientModule).find((key) => key.endsWith("Client") && !key.startsWith("__")) ?? "";
  const Client = clientModule[name];
  if (Client === undefined) throw new Error(`${packageName} has no client`);
  const client = new Client({
    // SQS's client holds digests of messages to their texts, and what is random here has none.
    ...(service === "sqs" && { md5: false }),
    region: "eu-west-1",
    endpoint: "http://localhost:4566",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    forcePathStyle: true,
    // The values are random, so no checksum fits its body.
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 1,
    ...(first ? {} : { protocol: otherProtocol(packageName, protocol) }),
    requestHandler: {
      handle: async (request: SdkRequest) => ({ response: await respond(wire, request, answer) }),
    },
  });
  return {
    async call(operation, input, next) {
      const Command = clientModule[`${operation}Command`];
      if (Command === undefined) throw new Error(`${packageName} has no ${operation}Command`);
      answer = next;
      const { $metadata: _metadata, ...output } = await client.send(new Command({ ...input }));
      return collectStreams(output);
    },
  };
}

/** The SDK's own package with its protocols; the clients depend on it, so it is found from there. */
const PROTOCOLS_MODULE = ["@aws-sdk/core", "protocols"].join("/");

/** The SDK's classes for protocols that a client speaks only when it is told to. */
function otherProtocol(packageName: string, protocol: Protocol): unknown {
  const require = createRequire(createRequire(import.meta.url).resolve(packageName));
  const classes = require(PROTOCOLS_MODULE) as Record<string, unknown>;
  if (protocol === "rpc-v2-cbor") return classes["AwsSmithyRpcV2CborProtocol"];
  if (protocol === "query") return classes["AwsQueryProtocol"];
  throw new Error(`no class known for ${protocol}`);
}

async function respond(wire: Wire, request: SdkRequest, answer: Answer) {
  const received = await toWireRequest(request);
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(
    received.headers["authorization"] ?? "",
  )?.[1];
  const resolved = wire.resolveOperation(received, scope);
  const input = wire.decodeInput(resolved, received);
  const { status, headers, body } = answer(resolved, input);
  return {
    statusCode: status,
    headers,
    body: body instanceof Readable ? body : Readable.from([body]),
  };
}

async function toWireRequest(request: SdkRequest): Promise<WireRequest> {
  const pairs = Object.entries(request.query ?? {}).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((each: string | null) =>
      each === null
        ? encodeURIComponent(key)
        : `${encodeURIComponent(key)}=${encodeURIComponent(each)}`,
    ),
  );
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name.toLowerCase()] = String(value);
  const body = await collect(
    request.body,
    headers["content-encoding"]?.includes("aws-chunked") ?? false,
  );
  const url = pairs.length === 0 ? request.path : `${request.path}?${pairs.join("&")}`;
  return { method: request.method, url, headers, body };
}

async function collect(body: SdkRequest["body"], framed: boolean): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  const source = body instanceof Readable ? body : Readable.from([toBytes(body)]);
  return readAll(framed ? source.pipe(new AwsChunkedDecoder()) : source);
}

async function readAll(source: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** The SDK gives a streaming member back as a stream. */
async function collectStreams(output: Values): Promise<Values> {
  const found: Values = {};
  for (const [key, value] of Object.entries(output)) {
    found[key] = value instanceof Readable ? await readAll(value) : value;
  }
  return found;
}
