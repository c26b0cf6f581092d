import type { SeedContext } from "../service.ts";
import { newId } from "./ids.ts";
import { putDefaultVpc } from "./new-vpc.ts";
import { dhcpOptions } from "./state.ts";

/** Gives an account what it has in each region from the start: default DHCP options and the default VPC. */
export function seedEc2({ region, store }: SeedContext): void {
  const dhcpOptionsId = newId("dopt");
  const domain = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
  store.of(dhcpOptions).put(dhcpOptionsId, {
    dhcpOptionsId,
    isDefault: true,
    configurations: [
      { key: "domain-name", values: [domain] },
      { key: "domain-name-servers", values: ["AmazonProvidedDNS"] },
    ],
    tags: {},
  });
  putDefaultVpc(store);
}
