import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { prefixListsOf } from "../../services/ec2/prefix-lists.ts";
import { internetGateways, natGateways, vpcEndpoints, vpcs } from "../../services/ec2/state.ts";
import { isPublicSubnet, mayConnect, mayReachInternet, mayReachService } from "./reachability.ts";

import { TestNetwork } from "./testing/test-network.ts";

const HOME = "203.0.113.10";
const ALLOWED = { allowed: true };

let net: TestNetwork;
beforeEach(() => {
  net = new TestNetwork();
});
afterEach(() => net.close());

/** A load balancer's interface in the public subnet, and a task's in the private one, with their groups. */
function loadBalancerAndTask() {
  const [albGroup, taskGroup] = [net.group("alb"), net.group("task")];
  return {
    albGroup,
    taskGroup,
    alb: net.interface(net.publicSubnetId, albGroup, { publicIp: true }),
    task: net.interface(net.privateSubnetId, taskGroup),
  };
}

test("a subnet is public where its default route leads to an attached internet gateway", () => {
  expect(isPublicSubnet(net.scope, net.publicSubnetId)).toBe(true);
  expect(isPublicSubnet(net.scope, net.privateSubnetId)).toBe(false);
  net.change(() =>
    net.scope
      .of(internetGateways)
      .put(net.internetGatewayId, { internetGatewayId: net.internetGatewayId, tags: {} }),
  );
  expect(isPublicSubnet(net.scope, net.publicSubnetId)).toBe(false);
});

describe("from the load balancer to a task", () => {
  const connect = ({ alb, task }: ReturnType<typeof loadBalancerAndTask>, port = 3000) =>
    mayConnect(net.scope, alb, task, port);

  test("passes where the task's group names the load balancer's group", () => {
    const parts = loadBalancerAndTask();
    net.allowOut(parts.albGroup);
    net.allowIn(parts.taskGroup, 3000, { referencedGroupId: parts.albGroup });
    expect(connect(parts)).toEqual(ALLOWED);
  });

  test("passes where the task's group names the load balancer's range", () => {
    const parts = loadBalancerAndTask();
    net.allowOut(parts.albGroup);
    net.allowIn(parts.taskGroup, 3000, { cidrIpv4: "10.0.0.0/24" });
    expect(connect(parts)).toEqual(ALLOWED);
  });

  test("is refused on another port, and the sentence names group, port and interface", () => {
    const parts = loadBalancerAndTask();
    net.allowOut(parts.albGroup);
    net.allowIn(parts.taskGroup, 3000, { referencedGroupId: parts.albGroup });
    const verdict = connect(parts, 8080);
    expect(verdict).toMatchObject({ allowed: false, code: "SecurityGroupIngress" });
    expect(verdict).toMatchObject({
      reason: expect.stringContaining(
        `No ingress rule of ${parts.taskGroup} (task) lets tcp port 8080 into ${parts.task.networkInterfaceId}`,
      ),
      resourceIds: expect.arrayContaining([parts.taskGroup, parts.task.networkInterfaceId]),
    });
  });

  test("is refused where the rule is for another protocol", () => {
    const parts = loadBalancerAndTask();
    net.allowOut(parts.albGroup);
    net.allowIn(parts.taskGroup, 3000, { cidrIpv4: "0.0.0.0/0", ipProtocol: "udp" });
    expect(connect(parts)).toMatchObject({ code: "SecurityGroupIngress" });
    expect(mayConnect(net.scope, parts.alb, parts.task, 3000, "udp")).toEqual(ALLOWED);
  });

  test("is refused where the load balancer's group lets nothing out", () => {
    const parts = loadBalancerAndTask();
    net.allowIn(parts.taskGroup, 3000, { referencedGroupId: parts.albGroup });
    expect(connect(parts)).toMatchObject({ code: "SecurityGroupEgress" });
  });

  test("needs no rule for the answers: groups are stateful", () => {
    const parts = loadBalancerAndTask();
    net.allowOut(parts.albGroup, { referencedGroupId: parts.taskGroup });
    net.allowIn(parts.taskGroup, 3000, { referencedGroupId: parts.albGroup });
    expect(connect(parts)).toEqual(ALLOWED);
  });

  test("is refused where a network ACL forgets the answers: ACLs are stateless", () => {
    const parts = loadBalancerAndTask();
    net.allowOut(parts.albGroup);
    net.allowIn(parts.taskGroup, 3000, { referencedGroupId: parts.albGroup });
    const all = {
      protocol: "-1",
      ruleAction: "allow",
      cidrBlock: "0.0.0.0/0",
      ruleNumber: 100,
    } as const;
    const onlyAppPort = { ...all, protocol: "6", portRange: { from: 3000, to: 3000 } };
    net.networkAcl([
      { ...onlyAppPort, egress: true },
      { ...onlyAppPort, egress: false },
    ]);
    const verdict = connect(parts);
    expect(verdict).toMatchObject({
      code: "NetworkAcl",
      reason: expect.stringContaining("answers"),
    });
    net.networkAcl([
      { ...all, egress: true },
      { ...all, egress: false },
    ]);
    expect(connect(parts)).toEqual(ALLOWED);
    const deny = { ...all, ruleAction: "deny", ruleNumber: 50, cidrBlock: "10.0.0.0/24" } as const;
    net.networkAcl([
      { ...deny, egress: false },
      { ...all, egress: true },
      { ...all, egress: false },
    ]);
    expect(connect(parts)).toMatchObject({ code: "NetworkAcl" });
  });
});

describe("from the internet", () => {
  test("passes to a public address that the group admits", () => {
    const { alb, albGroup } = loadBalancerAndTask();
    net.allowIn(albGroup, 80, { cidrIpv4: `${HOME}/32` });
    expect(mayConnect(net.scope, { address: HOME }, alb, 80)).toEqual(ALLOWED);
    expect(mayConnect(net.scope, { address: "203.0.113.11" }, alb, 80)).toMatchObject({
      code: "SecurityGroupIngress",
    });
  });

  test("is refused to an interface without a public address", () => {
    const { task, taskGroup } = loadBalancerAndTask();
    net.allowIn(taskGroup, 3000, { cidrIpv4: "0.0.0.0/0" });
    expect(mayConnect(net.scope, { address: HOME }, task, 3000)).toMatchObject({
      code: "NoPublicAddress",
    });
  });

  test("is refused to a public address in a subnet without a way back", () => {
    const group = net.group("open");
    net.allowIn(group, 80, { cidrIpv4: "0.0.0.0/0" });
    const eni = net.interface(net.privateSubnetId, group, { publicIp: true });
    expect(mayConnect(net.scope, { address: HOME }, eni, 80)).toMatchObject({
      code: "NoRoute",
      resourceIds: expect.arrayContaining([net.privateSubnetId]),
    });
  });
});

describe("to the internet", () => {
  function outward(subnetId: string, publicIp = false): string {
    const group = net.group("out");
    net.allowOut(group);
    return net.interface(subnetId, group, { publicIp }).networkInterfaceId;
  }

  test("passes by an internet gateway with a public address, and not without", () => {
    expect(mayReachInternet(net.scope, outward(net.publicSubnetId, true))).toEqual(ALLOWED);
    expect(mayReachInternet(net.scope, outward(net.publicSubnetId))).toMatchObject({
      code: "NoPublicAddress",
    });
  });

  test("is refused from a private subnet without a NAT gateway", () => {
    expect(mayReachInternet(net.scope, outward(net.privateSubnetId))).toMatchObject({
      code: "NoRoute",
      reason: expect.stringContaining("0.0.0.0/0"),
    });
  });

  test("passes by a NAT gateway in a public subnet, once it is available", () => {
    const nat = net.natGateway(net.publicSubnetId, { state: "pending" });
    net.route(net.privateSubnetId, "0.0.0.0/0", nat);
    const eni = outward(net.privateSubnetId);
    expect(mayReachInternet(net.scope, eni)).toMatchObject({
      code: "NatGatewayNotAvailable",
      reason: expect.stringContaining("pending"),
    });
    net.change(() => net.scope.of(natGateways).patch(nat, { state: "available" }));
    expect(mayReachInternet(net.scope, eni)).toEqual(ALLOWED);
  });

  test("is refused by a NAT gateway that is itself in a private subnet", () => {
    const nat = net.natGateway(net.privateSubnetId);
    net.route(net.privateSubnetId, "0.0.0.0/0", nat);
    expect(mayReachInternet(net.scope, outward(net.privateSubnetId))).toMatchObject({
      code: "NatGatewayWithoutInternet",
      resourceIds: expect.arrayContaining([nat, net.privateSubnetId]),
    });
  });

  test("is refused where no egress rule covers it", () => {
    const group = net.group("closed");
    net.allowOut(group, { cidrIpv4: "10.0.0.0/16" });
    const { networkInterfaceId } = net.interface(net.publicSubnetId, group, { publicIp: true });
    expect(mayReachInternet(net.scope, networkInterfaceId)).toMatchObject({
      code: "SecurityGroupEgress",
    });
  });

  test("the most specific route counts", () => {
    const nat = net.natGateway(net.publicSubnetId);
    net.route(net.privateSubnetId, "0.0.0.0/0", nat);
    net.route(net.privateSubnetId, "198.51.100.0/24", "igw-0123456789abcdef0");
    const eni = outward(net.privateSubnetId);
    expect(mayReachInternet(net.scope, eni)).toEqual(ALLOWED);
    expect(mayReachInternet(net.scope, eni, { address: "198.51.100.7" })).toMatchObject({
      code: "Blackhole",
    });
  });
});

describe("to a service of AWS", () => {
  function privateTask(): { id: string; group: string } {
    const group = net.group("task");
    net.allowOut(group);
    return { id: net.interface(net.privateSubnetId, group).networkInterfaceId, group };
  }

  test("is refused without NAT gateway or endpoint, and the sentence names the endpoint that would do", () => {
    const verdict = mayReachService(net.scope, privateTask().id, "ecr.api");
    expect(verdict).toMatchObject({
      code: "NoRoute",
      reason: expect.stringContaining("com.amazonaws.ap-northeast-1.ecr.api"),
    });
  });

  test("passes by an interface endpoint whose group admits 443 from the task", () => {
    const task = privateTask();
    const endpointGroup = net.group("endpoint");
    net.interfaceEndpoint("ecr.api", net.privateSubnetId, endpointGroup);
    expect(mayReachService(net.scope, task.id, "ecr.api")).toMatchObject({
      code: "SecurityGroupIngress",
    });
    net.allowIn(endpointGroup, 443, { referencedGroupId: task.group });
    expect(mayReachService(net.scope, task.id, "ecr.api")).toEqual(ALLOWED);
    expect(mayReachService(net.scope, task.id, "logs")).toMatchObject({ code: "NoRoute" });
  });

  test("an endpoint with private DNS that is closed shuts out the internet's way as well", () => {
    const group = net.group("task");
    net.allowOut(group);
    const { networkInterfaceId } = net.interface(net.publicSubnetId, group, { publicIp: true });
    expect(mayReachService(net.scope, networkInterfaceId, "logs")).toEqual(ALLOWED);
    const endpoint = net.interfaceEndpoint("logs", net.privateSubnetId, net.group("closed"));
    expect(mayReachService(net.scope, networkInterfaceId, "logs")).toMatchObject({
      code: "SecurityGroupIngress",
      resourceIds: expect.arrayContaining([endpoint]),
    });
    net.change(() => net.scope.of(vpcEndpoints).patch(endpoint, { state: "pending" }));
    expect(mayReachService(net.scope, networkInterfaceId, "logs")).toMatchObject({
      code: "EndpointNotAvailable",
    });
  });

  test("S3 is reached by a gateway endpoint, with an egress rule for its prefix list alone", () => {
    const { id: prefixListId } = prefixListsOf("ap-northeast-1")[0]!;
    const group = net.group("task");
    net.allowOut(group, { prefixListId });
    const { networkInterfaceId } = net.interface(net.privateSubnetId, group);
    expect(mayReachService(net.scope, networkInterfaceId, "s3")).toMatchObject({ code: "NoRoute" });
    net.gatewayEndpoint("s3", net.privateSubnetId, prefixListId);
    expect(mayReachService(net.scope, networkInterfaceId, "s3")).toEqual(ALLOWED);
    expect(mayReachService(net.scope, networkInterfaceId, "logs")).toMatchObject({
      code: "SecurityGroupEgress",
    });
  });

  test("is refused where the VPC resolves no names", () => {
    net.change(() => net.scope.of(vpcs).patch(net.vpcId, { enableDnsSupport: false }));
    expect(mayReachService(net.scope, privateTask().id, "ssm")).toMatchObject({
      code: "DnsDisabled",
    });
  });
});

test("an interface that is gone reaches nothing and is reached by nothing", () => {
  const { alb } = loadBalancerAndTask();
  const gone = { networkInterfaceId: "eni-0123456789abcdef0" };
  for (const verdict of [
    mayConnect(net.scope, alb, gone, 80),
    mayConnect(net.scope, gone, alb, 80),
    mayReachInternet(net.scope, gone.networkInterfaceId),
    mayReachService(net.scope, gone.networkInterfaceId, "s3"),
  ])
    expect(verdict).toMatchObject({ code: "UnknownNetworkInterface" });
});
