import { newId } from "../../../services/ec2/ids.ts";
import { putSubnet, putVpc } from "../../../services/ec2/new-vpc.ts";
import { addRules } from "../../../services/ec2/security-group-rules.ts";
import type { RuleSpec } from "../../../services/ec2/ip-permissions.ts";
import * as state from "../../../services/ec2/state.ts";
import type { VpcEndpoint } from "../../../services/ec2/vpc-endpoint.ts";
import { zonesOf } from "../../../ground/regions.ts";
import { type Scope, Store } from "../../../store/store.ts";
import {
  createNetworkInterface,
  type NewNetworkInterface,
} from "../../../services/ec2/interfaces.ts";

/** A VPC (10.0.0.0/16) with an internet gateway, a public and a private subnet, for tests of what reaches what. */
export class TestNetwork {
  readonly scope: Scope;
  readonly vpcId: string;
  readonly internetGatewayId = newId("igw");
  readonly publicSubnetId: string;
  readonly privateSubnetId: string;
  readonly #store: Store;

  /** @param store of several networks; one of its own unless told */
  constructor(store = Store.open(":memory:")) {
    this.#store = store;
    this.scope = store.scope("123456789012", "ap-northeast-1");
    const { scope, internetGatewayId } = this;
    const made = this.change(() => {
      const { vpcId } = putVpc(scope, {
        cidrBlock: "10.0.0.0/16",
        isDefault: false,
        enableDnsSupport: true,
        enableDnsHostnames: true,
        instanceTenancy: "default",
        tags: {},
      });
      scope
        .of(state.internetGateways)
        .put(internetGatewayId, { internetGatewayId, vpcId, tags: {} });
      const subnets = ["10.0.0.0/24", "10.0.1.0/24"].map((cidr) => this.#subnet(vpcId, cidr));
      return { vpcId, subnets };
    });
    this.vpcId = made.vpcId;
    [this.publicSubnetId, this.privateSubnetId] = made.subnets as [string, string];
    this.route(this.publicSubnetId, "0.0.0.0/0", internetGatewayId);
  }

  close(): void {
    this.#store.close();
  }

  change<R>(work: () => R): R {
    return this.#store.transaction(work);
  }

  #subnet(vpcId: string, cidrBlock: string): string {
    const zone = zonesOf("ap-northeast-1")[0]!;
    return putSubnet(this.scope, {
      vpcId,
      cidrBlock,
      availabilityZone: zone.name,
      availabilityZoneId: zone.id,
      mapPublicIpOnLaunch: false,
      defaultForAz: false,
      tags: {},
    }).subnetId;
  }

  /** Gives a subnet a route; a table of its own with the first. */
  route(subnetId: string, destinationCidrBlock: string, target: string): void {
    this.#addRoute(subnetId, { destinationCidrBlock, target, origin: "CreateRoute" });
  }

  #addRoute(subnetId: string, route: state.Route): void {
    const tables = this.scope.of(state.routeTables);
    const own = tables.find(({ associations }) =>
      associations.some((one) => one.subnetId === subnetId),
    );
    this.change(() => {
      if (own) return void tables.patch(own.routeTableId, { routes: [...own.routes, route] });
      const routeTableId = newId("rtb");
      const local = {
        destinationCidrBlock: "10.0.0.0/16",
        target: "local",
        origin: "CreateRouteTable",
      } as const;
      tables.put(routeTableId, {
        routeTableId,
        vpcId: this.vpcId,
        routes: [local, route],
        associations: [{ associationId: newId("rtbassoc"), main: false, subnetId }],
        tags: {},
      });
    });
  }

  /** A security group without rules. */
  group(groupName: string): string {
    const groupId = newId("sg");
    const { vpcId } = this;
    this.change(() =>
      this.scope
        .of(state.securityGroups)
        .put(groupId, { groupId, groupName, description: "", vpcId, tags: {} }),
    );
    return groupId;
  }

  allowIn(groupId: string, port: number, peer: Partial<RuleSpec>): void {
    const spec = { ipProtocol: "tcp", fromPort: port, toPort: port, ...peer };
    this.change(() => addRules(this.scope, groupId, false, [spec], {}));
  }

  allowOut(groupId: string, peer: Partial<RuleSpec> = { cidrIpv4: "0.0.0.0/0" }): void {
    const spec = { ipProtocol: "-1", fromPort: -1, toPort: -1, ...peer };
    this.change(() => addRules(this.scope, groupId, true, [spec], {}));
  }

  interface(subnetId: string, groupId: string, more: Partial<NewNetworkInterface> = {}) {
    return this.change(() =>
      createNetworkInterface(this.scope, {
        subnetId,
        securityGroupIds: [groupId],
        attachmentOwnerId: "amazon-aws",
        now: 0,
        ...more,
      }),
    );
  }

  /** A NAT gateway that is available, unless told otherwise. */
  natGateway(subnetId: string, more: Partial<state.NatGateway> = {}): string {
    const natGatewayId = newId("nat");
    const eni = this.interface(subnetId, this.group(natGatewayId), { publicIp: true });
    this.change(() =>
      this.scope.of(state.natGateways).put(natGatewayId, {
        natGatewayId,
        subnetId,
        vpcId: this.vpcId,
        connectivityType: "public",
        state: "available",
        publicIp: eni.publicIp!,
        privateIp: eni.privateIpAddress,
        networkInterfaceId: eni.networkInterfaceId,
        createTime: 0,
        tags: {},
        ...more,
      }),
    );
    return natGatewayId;
  }

  /** Replaces all entries of the default network ACL. */
  networkAcl(entries: readonly state.NetworkAclEntry[]): void {
    const acl = this.scope.of(state.networkAcls).values()[0]!;
    this.change(() => this.scope.of(state.networkAcls).patch(acl.networkAclId, { entries }));
  }

  /** An interface endpoint with private DNS, in one subnet. */
  interfaceEndpoint(service: string, subnetId: string, groupId: string): string {
    const eni = this.interface(subnetId, groupId, { interfaceType: "vpc_endpoint" });
    return this.#endpoint(service, {
      vpcEndpointType: "Interface",
      subnetIds: [subnetId],
      securityGroupIds: [groupId],
      networkInterfaceIds: [eni.networkInterfaceId],
      privateDnsEnabled: true,
    });
  }

  /** A gateway endpoint in the subnet's route table. */
  gatewayEndpoint(service: string, subnetId: string, destinationPrefixListId: string): string {
    const id = this.#endpoint(service, { vpcEndpointType: "Gateway" });
    this.#addRoute(subnetId, { destinationPrefixListId, target: id, origin: "CreateRoute" });
    return id;
  }

  #endpoint(service: string, more: Partial<VpcEndpoint>): string {
    const vpcEndpointId = newId("vpce");
    this.change(() =>
      this.scope.of(state.vpcEndpoints).put(vpcEndpointId, {
        vpcEndpointId,
        vpcEndpointType: "Interface",
        vpcId: this.vpcId,
        serviceName: `com.amazonaws.ap-northeast-1.${service}`,
        state: "available",
        policyDocument: "{}",
        routeTableIds: [],
        subnetIds: [],
        securityGroupIds: [],
        networkInterfaceIds: [],
        privateDnsEnabled: false,
        ipAddressType: "ipv4",
        dnsRecordIpType: "ipv4",
        createdAt: 0,
        tags: {},
        ...more,
      }),
    );
    return vpcEndpointId;
  }
}
