import { expect, test } from "vitest";
import { PortPool } from "./port-pool.ts";

test("two servers of a machine that look for ports at once get none in common", async () => {
  const pools = [new PortPool(24_000), new PortPool(24_000)];
  const asked = [0, 1, 2, 3, 4].flatMap(() => pools.map((pool) => pool.reserve()));
  const ports = await Promise.all(asked);
  expect(new Set(ports).size).toBe(10);
  for (const port of ports) for (const pool of pools) pool.release(port);
});

test("a port that was released is given out again", async () => {
  const port = await new PortPool(25_000).reserve();
  const [one, other] = [new PortPool(port), new PortPool(port)];
  const first = await one.reserve();
  one.release(first);
  expect(await other.reserve()).toBe(first);
  other.release(first);
});
