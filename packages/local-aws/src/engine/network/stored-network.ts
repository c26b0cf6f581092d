import type * as Ec2 from "@aws-sdk/client-ec2";
import type { NetworkData, VpcDns } from "../../reachability/reachability.ts";
import { toApiInternetGateway } from "../../services/ec2/internet-gateways.ts";
import { toApiNatGateway } from "../../services/ec2/nat-gateways.ts";
import { toApiNetworkAcl } from "../../services/ec2/network-acls.ts";
import { toApiNetworkInterface } from "../../services/ec2/network-interfaces.ts";
import { prefixListsOf } from "../../services/ec2/prefix-lists.ts";
import { toApiRouteTable } from "../../services/ec2/route-tables.ts";
import { toApiRule } from "../../services/ec2/security-group-rules.ts";
import * as state from "../../services/ec2/state.ts";
import { toApiVpcEndpoint } from "../../services/ec2/vpc-endpoints.ts";
import { toApiVpc } from "../../services/ec2/vpcs.ts";
import type { Kind } from "../../store/kind.ts";
import type { Scope } from "../../store/store.ts";

/**
 * Some VPCs of an account's region as the API would describe them now. Each list is made when it is first asked for, so that a
 * question costs what it looks at; a later question wants a new one.
 */
export class StoredNetwork implements NetworkData {
  readonly region: string;
  readonly #scope: Scope;
  readonly #vpcIds: readonly (string | undefined)[];
  readonly #lists = new Map<string, readonly unknown[]>();

  constructor(scope: Scope, ...vpcIds: readonly (string | undefined)[]) {
    this.#scope = scope;
    this.#vpcIds = vpcIds;
    this.region = scope.region;
  }

  get vpcs(): readonly Ec2.Vpc[] {
    return this.#all(state.vpcs, toApiVpc);
  }

  get dns(): readonly VpcDns[] {
    return this.#scope
      .of(state.vpcs)
      .values()
      .map(({ vpcId, enableDnsSupport, enableDnsHostnames }) => ({
        VpcId: vpcId,
        enableDnsSupport,
        enableDnsHostnames,
      }));
  }

  get routeTables(): readonly Ec2.RouteTable[] {
    return this.#all(state.routeTables, toApiRouteTable);
  }

  get networkAcls(): readonly Ec2.NetworkAcl[] {
    return this.#all(state.networkAcls, toApiNetworkAcl);
  }

  get securityGroups(): readonly Pick<Ec2.SecurityGroup, "GroupId" | "GroupName">[] {
    return this.#all(state.securityGroups, ({ groupId, groupName }) => ({
      GroupId: groupId,
      GroupName: groupName,
    }));
  }

  get securityGroupRules(): readonly Ec2.SecurityGroupRule[] {
    const groups = new Set(this.securityGroups.map(({ GroupId }) => GroupId));
    const isOurs = ({ groupId }: state.SecurityGroupRule) => groups.has(groupId);
    return this.#all(state.securityGroupRules, toApiRule, isOurs);
  }

  get internetGateways(): readonly Ec2.InternetGateway[] {
    return this.#all(state.internetGateways, toApiInternetGateway);
  }

  get natGateways(): readonly Ec2.NatGateway[] {
    return this.#all(state.natGateways, toApiNatGateway);
  }

  get vpcEndpoints(): readonly Ec2.VpcEndpoint[] {
    return this.#all(state.vpcEndpoints, toApiVpcEndpoint);
  }

  get networkInterfaces(): readonly Ec2.NetworkInterface[] {
    return this.#all(state.networkInterfaces, toApiNetworkInterface);
  }

  get prefixLists(): readonly Ec2.PrefixList[] {
    return this.#once("prefix lists", () =>
      prefixListsOf(this.region).map(({ id, name, cidrs }) => ({
        PrefixListId: id,
        PrefixListName: name,
        Cidrs: [...cidrs],
      })),
    );
  }

  #all<T extends object, A>(
    kind: Kind<T>,
    toApi: (value: Readonly<T>, scope: Scope) => A,
    isOurs = (value: Readonly<T>) => this.#vpcIds.includes((value as { vpcId?: string }).vpcId),
  ): readonly A[] {
    return this.#once(kind.name, () =>
      this.#scope
        .of(kind)
        .filter(isOurs)
        .map((value) => toApi(value, this.#scope)),
    );
  }

  #once<A>(name: string, make: () => readonly A[]): readonly A[] {
    const known = this.#lists.get(name) as readonly A[] | undefined;
    if (known) return known;
    const list = make();
    this.#lists.set(name, list);
    return list;
  }
}
