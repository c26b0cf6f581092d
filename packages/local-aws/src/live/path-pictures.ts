import {
  mayConnect,
  mayReachInternet,
  type InterfaceReference,
  type Source,
  type Verdict,
} from "../engine/network/reachability.ts";
import { formatAddress, storedCidr } from "../ground/cidr.ts";
import { subnets, type Subnet } from "../services/ec2/state.ts";
import { ecsServices, type EcsService } from "../services/ecs/state.ts";
import {
  listeners,
  loadBalancers,
  type Listener,
  type LoadBalancer,
} from "../services/elbv2/state.ts";
import { usersOf } from "../services/elbv2/target-groups.ts";
import type { Scope } from "../store/store.ts";
import type { PathPicture } from "./messages.ts";

/** Stands for anybody on the internet: an address that documentation may use (RFC 5737). */
const STRANGER = "198.51.100.1";
/** What a task pulls its image through, and talks to AWS. */
const HTTPS = 443;
/** AWS keeps the first four addresses of a subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const FIRST_ADDRESS = 4;

/**
 * Who may open connections to whom. Of a service its network configuration is asked, not the tasks that it happens to
 * have: where tasks cannot start for want of a route, that is what is to be seen.
 */
export function pathPictures(scope: Scope, homeAddress: string): PathPicture[] {
  const balancers = scope.of(loadBalancers).values();
  const services = scope
    .of(ecsServices)
    .filter(({ status, networkConfiguration }) => status !== "INACTIVE" && !!networkConfiguration);
  return [
    ...balancers.flatMap((balancer) => toBalancer(scope, balancer, homeAddress)),
    ...services.flatMap((service) => ofService(scope, service, homeAddress)),
  ];
}

function toBalancer(
  scope: Scope,
  balancer: Readonly<LoadBalancer>,
  homeAddress: string,
): PathPicture[] {
  const from = (name: string, address: string, { port }: Readonly<Listener>) =>
    path(
      name,
      balancer.name,
      port,
      anyOf(interfacesOf(balancer).map((to) => mayConnect(scope, { address }, to, port))),
    );
  return scope
    .of(listeners)
    .filter(({ loadBalancerArn }) => loadBalancerArn === balancer.arn)
    .sort((one, other) => one.port - other.port)
    .flatMap((listener) => [
      from("home", homeAddress, listener),
      from("internet", STRANGER, listener),
    ]);
}

function ofService(
  scope: Scope,
  service: Readonly<EcsService>,
  homeAddress: string,
): PathPicture[] {
  const own = wouldBeInterfaces(scope, service);
  if (own.length === 0) return [];
  const toTasks = (name: string, sources: readonly Source[], port: number) =>
    path(
      name,
      service.name,
      port,
      allOf(own.map((to) => anyOf(sources.map((from) => mayConnect(scope, from, to, port))))),
    );
  const paths = service.loadBalancers.flatMap(({ targetGroupArn, containerPort }) => [
    ...usersOf(scope, targetGroupArn).map((arn) => {
      const balancer = scope.of(loadBalancers).get(arn)!;
      return toTasks(balancer.name, interfacesOf(balancer), containerPort);
    }),
    toTasks("home", [{ address: homeAddress }], containerPort),
  ]);
  const outward = own.map((from) => mayReachInternet(scope, from, { port: HTTPS }));
  return [...paths, path(service.name, "internet", HTTPS, allOf(outward))];
}

const interfacesOf = ({ availabilityZones }: Readonly<LoadBalancer>): InterfaceReference[] =>
  availabilityZones.map(({ networkInterfaceId }) => ({ networkInterfaceId }));

/** The interface that a task of the service would have in each of its subnets. */
function wouldBeInterfaces(
  scope: Scope,
  { name, networkConfiguration }: Readonly<EcsService>,
): InterfaceReference[] {
  return networkConfiguration!.subnets.flatMap((id) => {
    const subnet = scope.of(subnets).get(id);
    return subnet ? [{ wouldBe: wouldBeInterface(name, subnet, networkConfiguration!) }] : [];
  });
}

function wouldBeInterface(
  serviceName: string,
  { subnetId, vpcId, availabilityZone, cidrBlock }: Readonly<Subnet>,
  { securityGroups, assignPublicIp }: NonNullable<EcsService["networkConfiguration"]>,
) {
  return {
    // Read in sentences: "lets tcp port 3000 into eni-… of a task of web".
    networkInterfaceId: `eni-… of a task of ${serviceName}`,
    subnetId,
    vpcId,
    availabilityZone,
    privateIpAddress: formatAddress(storedCidr(cidrBlock).first + FIRST_ADDRESS),
    ...(assignPublicIp === "ENABLED" && { publicIp: STRANGER }),
    macAddress: "",
    securityGroupIds: securityGroups,
    description: "",
    interfaceType: "interface",
    requesterManaged: true,
    sourceDestCheck: true,
    tags: {},
  };
}

function path(from: string, to: string, port: number, verdict: Verdict): PathPicture {
  return verdict.allowed
    ? { from, to, port, allowed: true, code: null, reason: null }
    : { from, to, port, allowed: false, code: verdict.code, reason: verdict.reason };
}

/** One that allows is enough: clients try one address after the other. There is at least one verdict. */
const anyOf = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.find(({ allowed }) => allowed) ?? verdicts[0]!;

/** None may deny: tasks are spread over all subnets. There is at least one verdict. */
const allOf = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.find(({ allowed }) => !allowed) ?? verdicts[0]!;
