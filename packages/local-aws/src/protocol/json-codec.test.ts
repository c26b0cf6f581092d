import { describe, expect, it } from "vitest";
import { jsonRequest } from "./testing/requests.ts";
import { createWire } from "./wire.ts";

const ECS = "AmazonEC2ContainerServiceV20141113";
const wire = createWire();

function decode(target: string, body: unknown): unknown {
  const request = jsonRequest(target, body);
  return wire.decodeInput(wire.resolveOperation(request), request);
}

function encode(target: string, output: Record<string, unknown>): string {
  const resolved = wire.resolveOperation(jsonRequest(target, {}));
  return wire.encodeOutput(resolved, output, "id").body.toString();
}

describe("JSON inputs", () => {
  it("leave nulls and unknown members out", () => {
    expect(
      decode(`${ECS}.RunTask`, { taskDefinition: "a:1", count: null, later: 1, tags: [null] }),
    ).toEqual({
      taskDefinition: "a:1",
      tags: [],
    });
  });

  it("are empty when the body is", () => {
    expect(decode(`${ECS}.ListClusters`, "")).toEqual({});
  });

  it("keep a map key called __proto__ a key", () => {
    const body = '{"containerDefinitions":[{"dockerLabels":{"__proto__":"x"}}]}';
    const input = decode(`${ECS}.RegisterTaskDefinition`, body) as {
      containerDefinitions: [{ dockerLabels: object }];
    };
    expect(Object.entries(input.containerDefinitions[0].dockerLabels)).toEqual([
      ["__proto__", "x"],
    ]);
  });

  it.each([
    [{ taskDefinition: 5 }, "NUMBER_VALUE can not be converted to a String"],
    [{ taskDefinition: true }, "TRUE_VALUE can not be converted to a String"],
    [{ count: "2" }, "STRING_VALUE can not be converted to an Integer"],
    [{ count: 1.5 }, "DECIMAL_VALUE can not be converted to an Integer"],
    [{ count: 2 ** 31 }, "NUMBER_VALUE can not be converted to an Integer"],
    [{ enableExecuteCommand: "true" }, "STRING_VALUE can not be converted to a Boolean"],
    [{ tags: {} }, "Start of structure or map found where not expected."],
    [{ overrides: [] }, "Start of list found where not expected"],
    [{ tags: "x" }, "Expected list or null"],
    ["[]", "Start of list found where not expected"],
    ["{", "The request body is not valid JSON"],
  ])("are refused for the types in %j", (body, message) => {
    expect(() => decode(`${ECS}.RunTask`, body)).toThrow(
      expect.objectContaining({ code: "SerializationException", message }),
    );
  });
});

describe("JSON outputs", () => {
  it("hold what the model knows, timestamps as seconds with their milliseconds", () => {
    const createdAt = new Date("2024-02-29T12:34:56.789Z");
    const written = encode(`${ECS}.CreateService`, {
      service: { serviceName: "a", createdAt, ours: 1 },
      more: 2,
    });
    expect(written).toBe('{"service":{"serviceName":"a","createdAt":1709210096.789}}');
  });

  it("hold blobs as base64", () => {
    expect(encode("TrentService.Encrypt", { CiphertextBlob: Buffer.from("hi") })).toBe(
      '{"CiphertextBlob":"aGk="}',
    );
  });

  it("cannot hold a stream of events", () => {
    expect(() => encode("Logs_20140328.StartLiveTail", { responseStream: {} })).toThrow(
      expect.objectContaining({ code: "NotImplemented", status: 501 }),
    );
  });
});
