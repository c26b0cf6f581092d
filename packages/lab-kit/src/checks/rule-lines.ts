import { GO_APP, listenerPort, type ServedApp } from "../web-app.ts";

/** Lines that let somebody in, as the stack of an app's chapter writes them. */
interface RuleLines {
  /** Lets you reach the load balancer on the app's port. */
  readonly youToBalancer: string;
  /** Lets the load balancer reach the app's tasks. */
  readonly balancerToTasks: string;
  /** The argument that names your own address as the source. */
  readonly fromYou: string;
  /** The argument that names the load balancer's security group as the source. */
  readonly fromBalancer: string;
}

/** The Go app's rules are written out in chapter 8; those of the Node.js app come with infra's SecurityGroup by then. */
export function ruleLines(app: ServedApp): RuleLines {
  const { container, port } = app;
  if (container === GO_APP.container) {
    const fromYou = "cidrIpv4: settings.homeCidr,";
    const fromBalancer = "referencedSecurityGroupId: albSecurityGroup.id,";
    const rule = (group: string, source: string) =>
      `new VpcSecurityGroupIngressRule(this, "…", { securityGroupId: ${group}.id, ipProtocol: "tcp", fromPort: ${port}, toPort: ${port}, ${source} });`;
    return {
      youToBalancer: rule("albSecurityGroup", fromYou),
      balancerToTasks: rule("tasks", fromBalancer),
      fromYou,
      fromBalancer,
    };
  }
  const fromYou = "cidrs: [settings.homeCidr],";
  const fromBalancer = "sourceGroupIds: [albSecurityGroup.id],";
  const group = (name: string, source: string, to = port) =>
    `new SecurityGroup(this, "${name}", { …, vpcId: network.vpcId, port: ${to}, ${source} });`;
  return {
    youToBalancer: group("alb_security_group", fromYou, listenerPort(app)),
    balancerToTasks: group("node_security_group", fromBalancer),
    fromYou,
    fromBalancer,
  };
}
