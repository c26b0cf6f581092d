import { expect, onTestFinished, test } from "vitest";
import { newId } from "../../../services/ec2/ids.ts";
import * as state from "../../../services/ec2/state.ts";
import { Store } from "../../../store/store.ts";
import { StoredNetwork } from "../../network/stored-network.ts";
import { TestNetwork } from "../../network/testing/test-network.ts";
import { KnownRules, vpcRules } from "./rule-set.ts";

/** Two VPCs of one store, and rules that are told of its commits. */
function twoVpcs() {
  const store = Store.open(":memory:");
  onTestFinished(() => store.close());
  const known = new KnownRules();
  store.onCommit((changes) => known.forget(changes));
  const [one, other] = [new TestNetwork(store), new TestNetwork(store)];
  const routed = ({ scope, vpcId }: TestNetwork) => ({
    network: new StoredNetwork(scope, vpcId),
    vpcId,
    resolver: undefined,
  });
  const rulesOf = (network: TestNetwork) => known.of(routed(network), "v0");
  const workedOut = (network: TestNetwork) => vpcRules(routed(network), "v0");
  return { one, other, rulesOf, workedOut, known: known.of, routed };
}

/** Tasks behind a load balancer, in the public subnet. */
function populate(network: TestNetwork) {
  const { publicSubnetId: subnet } = network;
  const [balancers, tasks] = [network.group("balancers"), network.group("tasks")];
  network.allowIn(balancers, 80, { cidrIpv4: "0.0.0.0/0" });
  network.allowIn(tasks, 3000, { referencedGroupId: balancers });
  for (const group of [balancers, tasks]) network.allowOut(group);
  const task = network.interface(subnet, tasks);
  network.interface(subnet, balancers);
  return { balancers, tasks, subnet, task };
}

test("a VPC's rules are worked out anew when something of it changes, and not when another one's does", () => {
  const { one, other, rulesOf } = twoVpcs();
  populate(one);
  const { subnet, tasks } = populate(other);
  const [before, beforeOfOther] = [rulesOf(one), rulesOf(other)];
  other.interface(subnet, tasks);
  expect(rulesOf(one)).toBe(before);
  expect(rulesOf(other)).not.toBe(beforeOfOther);
});

test("a VPC whose sets are called otherwise has other rules", () => {
  const { one, known, routed } = twoVpcs();
  populate(one);
  expect(known(routed(one), "v0").pairs.join("\n")).toContain("@v0c0");
  expect(known(routed(one), "v1").pairs.join("\n")).toContain("@v1c0");
});

test("whatever changes, the rules that are known are those that would be worked out now", () => {
  const { one, rulesOf, workedOut } = twoVpcs();
  const { balancers, tasks, subnet, task } = populate(one);
  const of = one.scope.of.bind(one.scope);
  const address = { allocationId: newId("eipalloc"), publicIp: "198.51.100.7", tags: {} };
  const changes: Readonly<Record<string, () => unknown>> = {
    "an interface": () => one.interface(subnet, tasks),
    "an interface's groups": () =>
      of(state.networkInterfaces).patch(task.networkInterfaceId, { securityGroupIds: [balancers] }),
    "an address from outside": () =>
      of(state.addresses).put(address.allocationId, {
        ...address,
        networkInterfaceId: task.networkInterfaceId,
      }),
    "a gateway that goes": () =>
      of(state.internetGateways).put(one.internetGatewayId, {
        internetGatewayId: one.internetGatewayId,
        tags: {},
      }),
    "a gateway that comes": () =>
      of(state.internetGateways).patch(one.internetGatewayId, { vpcId: one.vpcId }),
    "a network ACL": () =>
      one.networkAcl([
        {
          egress: true,
          ruleNumber: 1,
          protocol: "17",
          ruleAction: "allow",
          cidrBlock: "0.0.0.0/0",
        },
        {
          egress: false,
          ruleNumber: 1,
          protocol: "-1",
          ruleAction: "allow",
          cidrBlock: "0.0.0.0/0",
        },
      ]),
    "a route": () => {
      const table = of(state.routeTables).find(({ associations }) =>
        associations.some(({ subnetId }) => subnetId === subnet),
      )!;
      of(state.routeTables).patch(table.routeTableId, { routes: table.routes.slice(0, 1) });
    },
    "a rule that comes": () => one.allowIn(tasks, 5432, { referencedGroupId: balancers }),
    "a rule that goes": () => {
      const rule = of(state.securityGroupRules).find(({ fromPort }) => fromPort === 3000)!;
      of(state.securityGroupRules).delete(rule.ruleId);
    },
    "an interface that goes": () => of(state.networkInterfaces).delete(task.networkInterfaceId),
  };
  let before = rulesOf(one);
  for (const [what, change] of Object.entries(changes)) {
    one.change(() => void change());
    const now = workedOut(one);
    expect(now, `${what} makes no difference`).not.toEqual(before);
    expect(rulesOf(one), what).toEqual(now);
    before = now;
  }
});
