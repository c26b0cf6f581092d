import { AwsError } from "../../src/protocol/aws-error.ts";
import type { ErrorModel, OperationModel } from "../../src/protocol/model.ts";
import type { Wire } from "../../src/protocol/wire.ts";
import { ViolationFinder } from "../../src/protocol/violations.ts";
import { difference, toPlain } from "./compare.ts";
import { Random } from "./random.ts";
import { randomStruct } from "./random-values.ts";
import type { Answer, SdkPeer } from "./sdk-peer.ts";

/** Set `CONFORMANCE_SEED` to try other values; the default makes every run the same. */
export const SEED = process.env["CONFORMANCE_SEED"] ?? "local-aws";

/** The client adds its own copy of `Expires`. */
const ADDED_BY_CLIENT: ReadonlySet<string> = new Set(["ExpiresString"]);

type Values = Record<string, unknown>;

/** Random values keep enums, lengths and ranges, so that an input must be found valid but for its patterns. */
function refusal(model: OperationModel, input: Values): string | undefined {
  const violation = new ViolationFinder()
    .find(model.input, input)
    .find(({ rule }) => rule.kind !== "pattern");
  return violation && `refused: ${violation.member.name} breaks ${JSON.stringify(violation.rule)}`;
}

/** Sends random input through a client and random output back; tells the first difference, or undefined. */
export async function roundTrip(
  wire: Wire,
  peer: SdkPeer,
  model: OperationModel,
): Promise<string | undefined> {
  const random = new Random(`${SEED}:${model.name}`);
  const input = randomStruct(random, model.input);
  const output = randomStruct(random, model.output);
  let decoded: Values = {};
  let seen = "";
  try {
    const received = await peer.call(model.name, input, (resolved, values) => {
      decoded = values;
      seen = resolved.operation;
      return wire.encodeOutput(resolved, output, "request-id");
    });
    if (seen !== model.name) return `resolved as ${seen}`;
    const refused = refusal(model, decoded);
    if (refused !== undefined) return refused;
    const inputDifference = difference(toPlain(input), toPlain(decoded), ADDED_BY_CLIENT, "input");
    return (
      inputDifference ?? difference(toPlain(output), toPlain(received), ADDED_BY_CLIENT, "output")
    );
  } catch (error) {
    return `${seen === "" ? "before" : "after"} decoding: ${String(error)}`;
  }
}

/** Answers a call with a modelled error; tells how what the client throws differs, or undefined. */
export async function errorTrip(
  wire: Wire,
  peer: SdkPeer,
  operation: OperationModel,
  error: ErrorModel,
): Promise<string | undefined> {
  const random = new Random(`${SEED}:${error.name}`);
  const fields = randomStruct(random, error.shape);
  const message = "It said: <no> & meant it";
  for (const name of ["message", "Message", "Code", "Type"]) delete fields[name];
  const thrown = await thrownBy(peer, operation, (resolved) =>
    wire.encodeError(resolved, new AwsError(error.name, message, { fields }), "request-id"),
  );
  const { $metadata: metadata, $fault: fault } = thrown as Thrown;
  if (fault === undefined) return `not an error of the service: ${String(thrown)}`;
  const told = Object.fromEntries(Object.keys(fields).map((name) => [name, thrown[name]]));
  const expected = {
    name: error.name,
    message,
    status: error.status,
    requestId: "request-id",
    ...fields,
  };
  const actual = {
    name: thrown.name,
    message: thrown.message,
    status: metadata.httpStatusCode,
    requestId: metadata.requestId,
    ...told,
  };
  return difference(toPlain(expected), toPlain(actual), ADDED_BY_CLIENT, error.name);
}

type Thrown = Error &
  Values & {
    readonly $fault?: string;
    readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string };
  };

async function thrownBy(
  peer: SdkPeer,
  { name, input }: OperationModel,
  answer: Answer,
): Promise<Thrown> {
  try {
    await peer.call(name, randomStruct(new Random(SEED), input), answer);
  } catch (error) {
    return error as Thrown;
  }
  throw new Error(`${name} did not throw`);
}
