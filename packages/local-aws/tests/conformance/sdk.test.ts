import { describe, expect, it } from "vitest";
import { SERVICE_IDS } from "../../src/protocol/service-id.ts";
import { ServiceIndex } from "../../src/protocol/service-index.ts";
import { createWire } from "../../src/protocol/wire.ts";
import { expected, explained, SDK_ERROR_EXCEPTIONS, SDK_EXCEPTIONS } from "./exceptions.ts";
import { errorTrip, roundTrip } from "./round-trip.ts";
import { createSdkPeer } from "./sdk-peer.ts";

/** EC2 alone has over 800 operations. */
const TIMEOUT_MS = 60_000;
const index = new ServiceIndex();
const CASES = SERVICE_IDS.flatMap((service) =>
  index.row(service).protocols.map((protocol, at) => ({ service, protocol, isFirst: at === 0 })),
);

describe.each(CASES)(
  "$service over $protocol, through the SDK's client",
  { timeout: TIMEOUT_MS },
  ({ service, protocol, isFirst }) => {
    const model = index.model(service);
    const operations = model.operationNames.flatMap((name) => model.operation(name) ?? []);

    it("carries the input and output of every operation but the listed ones, which fail", async () => {
      const wire = createWire();
      const peer = await createSdkPeer(wire, service, protocol, isFirst);
      const failures = new Map<string, string>();
      for (const operation of operations) {
        const failure = await roundTrip(wire, peer, operation);
        if (failure !== undefined) failures.set(operation.name, failure);
      }
      const known = expected(SDK_EXCEPTIONS, service, { protocol });
      expect(explained(failures, known)).toEqual(known);
      expect(operations.length).toBeGreaterThan(0);
    });

    it("carries every modelled error but the listed ones, which fail", async () => {
      const wire = createWire();
      const peer = await createSdkPeer(wire, service, protocol, isFirst);
      const operation = operations.find(({ http }) => http?.method !== "HEAD");
      const failures = new Map<string, string>();
      for (const name of model.errorNames) {
        const error = model.error(name);
        const failure = operation && error && (await errorTrip(wire, peer, operation, error));
        if (failure !== undefined) failures.set(name, failure);
      }
      const known = expected(SDK_ERROR_EXCEPTIONS, service);
      expect(explained(failures, known)).toEqual(known);
    });
  },
);
