import { networkInterfaces, vpcs } from "../../../services/ec2/state.ts";
import { loadBalancers } from "../../../services/elbv2/state.ts";
import type { Scope, Store } from "../../../store/store.ts";
import { privateDomain } from "../../../ground/private-domain.ts";
import { API_ADDRESS } from "../router/router.ts";

const ADDRESS_NAME = /^ip-(\d+)-(\d+)-(\d+)-(\d+)\.(.+)$/;
const AWS_NAME = /(?:^|\.)amazonaws\.com$/;

/**
 * What a name means in a VPC: the addresses of a load balancer's interfaces, an interface's own name, a service of AWS's; undefined where
 * the VPC does not know it.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
 */
export function vpcName(store: Store, name: string): readonly string[] | undefined {
  for (const { place } of store.all(networkInterfaces)) {
    const found = nameIn(store.scope(place.account, place.region), name);
    if (found) return found;
  }
  return AWS_NAME.test(name) ? [API_ADDRESS] : undefined;
}

function nameIn(scope: Scope, name: string): readonly string[] | undefined {
  // A load balancer is called here as no client outside of browsers would find it; its name on AWS is known too.
  const local = name.replace(/\.elb\.amazonaws\.com$/, ".elb.localhost");
  const balancer = scope.of(loadBalancers).find(({ dnsName }) => dnsName.toLowerCase() === local);
  if (balancer) return balancer.availabilityZones.map(({ address }) => address);
  const [, one, two, three, four, domain] = ADDRESS_NAME.exec(name) ?? [];
  if (domain !== privateDomain(scope.region)) return undefined;
  const address = [one, two, three, four].join(".");
  const eni = scope.of(networkInterfaces).find((each) => each.privateIpAddress === address);
  return eni && scope.of(vpcs).get(eni.vpcId)?.enableDnsHostnames ? [address] : undefined;
}
