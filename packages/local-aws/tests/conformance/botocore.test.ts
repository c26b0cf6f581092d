import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AwsError } from "../../src/protocol/aws-error.ts";
import type { ErrorModel, OperationModel } from "../../src/protocol/model.ts";
import { SERVICE_IDS } from "../../src/protocol/service-id.ts";
import { ServiceIndex } from "../../src/protocol/service-index.ts";
import type { Protocol, WireResponse } from "../../src/protocol/wire-types.ts";
import { createWire } from "../../src/protocol/wire.ts";
import { BotocorePeer, botocoreMissing, type Plain } from "./botocore-peer.ts";
import { difference, toPlain } from "./compare.ts";
import {
  BOTOCORE_ERROR_EXCEPTIONS,
  BOTOCORE_EXCEPTIONS,
  expected,
  explained,
} from "./exceptions.ts";
import { Random } from "./random.ts";
import { randomStruct } from "./random-values.ts";
import { SEED } from "./round-trip.ts";

/** EC2 alone has over 800 operations. */
const TIMEOUT_MS = 60_000;
const index = new ServiceIndex();
/** Older clients speak these. botocore's model has lost the names that its members have in them. */
const LEFT: readonly string[] = ["sqs over query"];
const CASES = SERVICE_IDS.flatMap((service) =>
  index.row(service).protocols.map((protocol) => ({ service, protocol })),
).filter(({ service, protocol }) => !LEFT.includes(`${service} over ${protocol}`));
/** Operations that are signed for another name than their service's. */
const SCOPES: Readonly<Record<string, string>> = {
  ListDirectoryBuckets: "s3express",
  WriteGetObjectResponse: "s3-object-lambda",
};
const NOTHING: ReadonlySet<string> = new Set();
const missing = botocoreMissing();
if (missing !== undefined)
  process.stderr.write(`The wire is not compared with botocore: ${missing}\n`);

let peer: BotocorePeer;
beforeAll(() => {
  if (missing === undefined) peer = new BotocorePeer();
});
afterAll(() => peer?.stop());

it.skipIf(missing !== undefined).each(LEFT)("botocore does not ask %s", async (left) => {
  const [service, protocol] = left.split(" over ");
  const { protocols } = await peer.ask({ kind: "model", service });
  expect(protocols).not.toContain(protocol);
});

describe.skipIf(missing !== undefined).each(CASES)(
  "$service over $protocol, through botocore",
  { timeout: TIMEOUT_MS },
  ({ service, protocol }) => {
    const model = index.model(service);
    const wire = createWire();
    let operations: readonly OperationModel[] = [];

    beforeAll(async () => {
      const { operations: names } = (await peer.ask({ kind: "model", service })) as {
        operations: string[];
      };
      operations = names.flatMap((name) => model.operation(name) ?? []);
    });

    it("reads what botocore sends, but for the listed operations", async () => {
      const failures = await collect(operations, (operation) => requestFailure(operation));
      const known = expected(BOTOCORE_EXCEPTIONS, service, { direction: "request" });
      expect(explained(failures, known)).toEqual(known);
      expect(operations.length).toBeGreaterThan(0);
    });

    it("writes what botocore reads, but for the listed operations", async () => {
      const failures = await collect(operations, (operation) => responseFailure(operation));
      const known = expected(BOTOCORE_EXCEPTIONS, service, { direction: "response" });
      expect(explained(failures, known)).toEqual(known);
    });

    it("writes the errors that botocore reads, but for the listed ones", async () => {
      const operation = operations.find(({ http }) => http?.method !== "HEAD");
      const errors = model.errorNames.flatMap((name) => model.error(name) ?? []);
      const failures = await collect(
        errors,
        async (error) => operation && errorFailure(operation, error),
      );
      const known = expected(BOTOCORE_ERROR_EXCEPTIONS, service);
      expect(explained(failures, known)).toEqual(known);
    });

    async function requestFailure(operation: OperationModel): Promise<string | undefined> {
      const input = randomStruct(new Random(`${SEED}:${operation.name}`), operation.input);
      const answer = await peer.ask({
        kind: "request",
        service,
        protocol,
        operation: operation.name,
        input: toPlain(input),
      });
      if (answer["failure"] !== undefined) return String(answer["failure"]);
      const request = answer["request"] as {
        method: string;
        url: string;
        headers: Record<string, string>;
        body: string;
      };
      try {
        const received = { ...request, body: Buffer.from(request.body, "base64") };
        const resolved = wire.resolveOperation(
          received,
          SCOPES[operation.name] ?? model.signingName,
        );
        if (resolved.operation !== operation.name) return `resolved as ${resolved.operation}`;
        return difference(
          answer["input"],
          toPlain(wire.decodeInput(resolved, received)),
          NOTHING,
          "input",
        );
      } catch (error) {
        return String(error);
      }
    }

    async function responseFailure(operation: OperationModel): Promise<string | undefined> {
      const output = randomStruct(new Random(`${SEED}:${operation.name}`), operation.output);
      const response = packed(wire.encodeOutput(resolvedAs(operation), output, "request-id"));
      const question = {
        kind: "response",
        service,
        protocol,
        operation: operation.name,
        output: toPlain(output),
        response,
      };
      const answer = await peer.ask(question);
      return (answer["failure"] ?? answer["difference"] ?? undefined) as string | undefined;
    }

    async function errorFailure(
      operation: OperationModel,
      error: ErrorModel,
    ): Promise<string | undefined> {
      const thrown = new AwsError(error.name, "It said: <no> & meant it");
      const response = packed(wire.encodeError(resolvedAs(operation), thrown, "request-id"));
      const answer = await peer.ask({
        kind: "error",
        service,
        protocol,
        operation: operation.name,
        response,
      });
      const code =
        model.protocols.includes("query") || protocol === "ec2Query" ? error.code : error.name;
      const told = { code, message: thrown.message, status: error.status };
      return difference(told, answer, NOTHING, error.name);
    }

    function resolvedAs(operation: OperationModel) {
      const method = operation.http?.method ?? "POST";
      return {
        service,
        protocol: protocol as Protocol,
        operation: operation.name,
        model: operation,
        serviceModel: model,
        method,
        labels: {},
      };
    }
  },
);

async function collect<T extends { readonly name: string }>(
  items: readonly T[],
  failureOf: (item: T) => Promise<string | undefined>,
): Promise<Map<string, string>> {
  const found = await Promise.all(
    items.map(async (item) => [item.name, await failureOf(item)] as const),
  );
  return new Map(
    found.flatMap(([name, failure]) => (failure === undefined ? [] : [[name, failure] as const])),
  );
}

function packed({ status, headers, body }: WireResponse): Plain {
  return { status, headers, body: (body as Buffer).toString("base64") };
}
