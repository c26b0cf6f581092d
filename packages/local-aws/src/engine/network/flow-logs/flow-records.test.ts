import { expect, test } from "vitest";
import type { NetworkData } from "../../../reachability/reachability.ts";
import { DEFAULT_FORMAT, readFormat } from "../../../services/ec2/flow-logs/record-format.ts";
import type { FlowLog } from "../../../services/ec2/flow-logs/state.ts";
import type { NetworkInterface } from "../../../services/ec2/state.ts";
import { interfaceFlows, recordsOf } from "./flow-records.ts";
import type { Seen } from "./packet-counts.ts";

const eni = (id: string, privateIpAddress: string, group: string) =>
  ({
    networkInterfaceId: id,
    privateIpAddress,
    subnetId: "subnet-1",
    vpcId: "vpc-1",
    securityGroupIds: [group],
  }) as unknown as NetworkInterface;

const client = eni("eni-client", "10.0.0.4", "sg-client");
const server = eni("eni-server", "10.0.0.5", "sg-server");
const anywhere = { IpProtocol: "-1", CidrIpv4: "0.0.0.0/0" };

/** A network in which the server lets nothing in; what clients may send is given. */
const networkWith = (egress: object[]): NetworkData => ({
  region: "ap-northeast-1",
  vpcs: [{ VpcId: "vpc-1", CidrBlock: "10.0.0.0/16" }],
  dns: [],
  routeTables: [],
  networkAcls: [],
  securityGroups: [],
  securityGroupRules: egress.map((rule) => ({ ...rule, GroupId: "sg-client", IsEgress: true })),
  internetGateways: [],
  natGateways: [],
  vpcEndpoints: [],
  networkInterfaces: [client, server].map((it) => ({
    NetworkInterfaceId: it.networkInterfaceId,
    VpcId: it.vpcId,
    SubnetId: it.subnetId,
    PrivateIpAddress: it.privateIpAddress,
    Groups: it.securityGroupIds.map((GroupId) => ({ GroupId })),
  })),
  prefixLists: [],
});

const asked: Seen = {
  flow: { from: "10.0.0.4", fromPort: 40_000, to: "10.0.0.5", toPort: 80, protocol: 6 },
  sent: { packets: 5, bytes: 300 },
  passed: { packets: 2, bytes: 120 },
};

const told = (network: NetworkData) =>
  [...interfaceFlows(network, [client, server], [asked])].flatMap(([id, flows]) =>
    flows.map(
      ({ direction, action, counted }) => `${id} ${direction} ${action} ${counted.packets}`,
    ),
  );

test("what a receiver keeps out its sender had let go", () => {
  expect(told(networkWith([anywhere]))).toEqual([
    "eni-client egress ACCEPT 5",
    "eni-server ingress ACCEPT 2",
    "eni-server ingress REJECT 3",
  ]);
});

test("what may not leave its sender nobody else has seen", () => {
  expect(told(networkWith([]))).toEqual([
    "eni-client egress ACCEPT 2",
    "eni-client egress REJECT 3",
    "eni-server ingress ACCEPT 2",
  ]);
});

const log = (more: Partial<FlowLog>) =>
  ({ trafficType: "ALL", format: DEFAULT_FORMAT, ...more }) as FlowLog;
const place = { account: "123456789012", region: "ap-northeast-1" };
const span = { start: 100, end: 160 };

test("records have the fields of version 2, or those that a format names, and one says that there was nothing", () => {
  const flows = interfaceFlows(networkWith([anywhere]), [client, server], [asked]).get(
    "eni-server",
  )!;
  expect(recordsOf(log({}), place, server, flows, span)).toEqual([
    "2 123456789012 eni-server 10.0.0.4 10.0.0.5 40000 80 6 2 120 100 160 ACCEPT OK",
    "2 123456789012 eni-server 10.0.0.4 10.0.0.5 40000 80 6 3 180 100 160 REJECT OK",
  ]);
  const format = "${version} ${flow-direction} ${vpc-id} ${action}";
  const rejected = log({ trafficType: "REJECT", format });
  expect(recordsOf(rejected, place, server, flows, span)).toEqual(["5 ingress vpc-1 REJECT"]);
  expect(recordsOf(log({}), place, server, [], span)).toEqual([
    "2 123456789012 eni-server - - - - - - - 100 160 - NODATA",
  ]);
});

test("a format is refused that names no field, or by name one that is not here", () => {
  expect(() => readFormat("${srcaddr} ${nonsense} dstaddr")).toThrow(
    "Unknown fields provided: [nonsense, dstaddr]",
  );
  expect(() => readFormat("${srcaddr} ${tcp-flags}")).toThrow("the fields tcp-flags of flow logs");
});
