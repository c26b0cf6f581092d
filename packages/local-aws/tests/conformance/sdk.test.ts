import { describe, expect, it } from "vitest";
import { SERVICE_IDS } from "../../src/protocol/service-id.ts";
import { ServiceIndex } from "../../src/protocol/service-index.ts";
import { createWire } from "../../src/protocol/wire.ts";
import { SDK_ERROR_EXCEPTIONS, SDK_EXCEPTIONS, type Exception } from "./exceptions.ts";
import { errorTrip, roundTrip } from "./round-trip.ts";
import { createSdkPeer } from "./sdk-peer.ts";

const index = new ServiceIndex();
const CASES = SERVICE_IDS.flatMap((service) =>
  index.row(service).protocols.map((protocol, at) => ({ service, protocol, isFirst: at === 0 })),
);

/** The operations (or errors) that are known not to make it, with the reason of each. */
function expected(exceptions: readonly Exception[], service: string): Record<string, string> {
  const known = exceptions.filter((exception) => exception.service === service);
  return Object.fromEntries(known.map(({ operation, reason }) => [operation, reason]));
}

/** The failures, each known one with its reason in place of what went wrong. */
function explained(
  failures: ReadonlyMap<string, string>,
  known: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries([...failures].map(([name, failure]) => [name, known[name] ?? failure]));
}

describe.each(CASES)(
  "$service over $protocol, through the SDK's client",
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
      const known = expected(SDK_EXCEPTIONS, service);
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
