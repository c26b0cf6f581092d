import { expect, test } from "vitest";
import { InstanceNetwork } from "./instance-networks.ts";

test("a container on the bridge is known by its address, which another has had before", () => {
  const network = new InstanceNetwork("i-0123456789abcdef0", "10.0.0.4");
  const address = network.takeAddress();
  const attached = (namespace: string) =>
    network.attachScript({ namespace, link: `veth-${namespace}` }, address);
  expect(address).toBe("172.17.0.2");
  for (const namespace of ["one", "two"])
    expect(attached(namespace)).toContain("link set eth0 address 02:42:ac:11:00:02 up");
});
