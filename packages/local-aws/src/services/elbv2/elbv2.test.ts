import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeNetworkInterfacesCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeCapacityReservationCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Elbv2Cloud, failure, FIXED } from "./testing/elbv2-cloud.ts";

let cloud: Elbv2Cloud;
let ec2: EC2Client;
let elb: ElasticLoadBalancingV2Client;
let vpcId: string;
let subnetIds: readonly string[];
let groupId: string;
let serial = 0;
let name: string;
beforeAll(async () => {
  cloud = await Elbv2Cloud.start();
  ({ ec2, elb, vpcId, subnetIds, groupId } = cloud);
});
afterAll(() => cloud.stop());
beforeEach(() => {
  name = `test-${++serial}`;
});

test("a load balancer is described as AWS does, with an interface in each subnet", async () => {
  const made = await cloud.balancer(name, { Tags: [{ Key: "a", Value: "b" }] });
  expect(made).toEqual({
    LoadBalancerArn: expect.stringMatching(
      new RegExp(
        `^arn:aws:elasticloadbalancing:ap-northeast-1:\\d{12}:loadbalancer/app/${name}/[0-9a-f]{16}$`,
      ),
    ),
    DNSName: expect.stringMatching(new RegExp(`^${name}-\\d+\\.ap-northeast-1\\.elb\\.localhost$`)),
    CanonicalHostedZoneId: "Z14GRHDCWA56QT",
    CreatedTime: expect.any(Date),
    LoadBalancerName: name,
    Scheme: "internet-facing",
    VpcId: vpcId,
    State: { Code: "provisioning" },
    Type: "application",
    AvailabilityZones: subnetIds.slice(0, 2).map((SubnetId) => ({
      ZoneName: expect.stringMatching(/^ap-northeast-1[a-d]$/),
      SubnetId,
      LoadBalancerAddresses: [],
    })),
    SecurityGroups: [groupId],
    IpAddressType: "ipv4",
  });
  const suffix = made.LoadBalancerArn!.split("loadbalancer/")[1];
  const filter = (Description: string) =>
    ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: "description", Values: [Description] }],
      }),
    );
  const { NetworkInterfaces } = await filter(`ELB ${suffix}`);
  expect(NetworkInterfaces).toMatchObject([
    {
      RequesterId: "amazon-elb",
      RequesterManaged: true,
      Attachment: { InstanceOwnerId: "amazon-elb" },
    },
    { Association: { PublicIp: expect.any(String) } },
  ]);
  await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: made.LoadBalancerArn }));
  expect((await filter(`ELB ${suffix}`)).NetworkInterfaces).toEqual([]);
  await expect(elb.send(new DescribeLoadBalancersCommand({ Names: [name] }))).rejects.toMatchObject(
    failure("LoadBalancerNotFoundException", `Load balancers '[${name}]' not found`),
  );
});

test("what load balancers need of subnets is checked", async () => {
  await expect(cloud.balancer(name, { Subnets: subnetIds.slice(0, 1) })).rejects.toMatchObject(
    failure(
      "ValidationError",
      "At least two subnets in two different Availability Zones must be specified",
    ),
  );
  await expect(
    cloud.balancer(name, { Subnets: [subnetIds[0]!, "subnet-00000000"] }),
  ).rejects.toMatchObject(failure("SubnetNotFoundException", /subnet-00000000/));
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  const subnet = async (CidrBlock: string, zone: string) =>
    (
      await ec2.send(
        new CreateSubnetCommand({
          VpcId: Vpc!.VpcId,
          CidrBlock,
          AvailabilityZone: `ap-northeast-1${zone}`,
        }),
      )
    ).Subnet!.SubnetId!;
  const [a, again, c, tiny] = [
    await subnet("10.9.0.0/24", "a"),
    await subnet("10.9.1.0/24", "a"),
    await subnet("10.9.2.0/24", "c"),
    await subnet("10.9.3.0/28", "d"),
  ];
  await expect(cloud.balancer(name, { Subnets: [a!, again!] })).rejects.toMatchObject(
    failure(
      "InvalidConfigurationRequestException",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    ),
  );
  await expect(cloud.balancer(name, { Subnets: [a!, c!] })).rejects.toMatchObject(
    failure("InvalidSubnetException", `VPC ${Vpc!.VpcId} has no internet gateway`),
  );
  const inside = await cloud.balancer(name, { Subnets: [a!, c!], Scheme: "internal" });
  expect(inside.DNSName).toMatch(/^internal-/);
  name += "-tiny";
  await cloud.balancer(name, { Subnets: [a!, tiny!], Scheme: "internal" });
  name += "-2";
  await cloud.balancer(name, { Subnets: [a!, tiny!], Scheme: "internal" });
  name += "-3";
  await cloud.balancer(name, { Subnets: [a!, tiny!], Scheme: "internal" });
  name += "-4";
  await cloud.balancer(name, { Subnets: [a!, tiny!], Scheme: "internal" });
  name += "-5";
  await expect(
    cloud.balancer(name, { Subnets: [a!, tiny!], Scheme: "internal" }),
  ).rejects.toMatchObject(failure("InvalidSubnetException", /at least 8 free IP addresses/));
});

test.for([
  ["a".repeat(33), /cannot be longer than '32' characters/],
  ["under_score", /alphanumeric characters or hyphens/],
  ["-first", /cannot begin or end with '-'/],
  ["internal-x", /cannot begin with 'internal-'/],
] as const)("a load balancer cannot be called %s", async ([Name, message]) => {
  await expect(cloud.balancer(Name)).rejects.toMatchObject(failure("ValidationError", message));
});

test("creating a load balancer again answers the one there is; with other settings it fails", async () => {
  const made = await cloud.balancer(name);
  expect((await cloud.balancer(name)).LoadBalancerArn).toBe(made.LoadBalancerArn);
  await expect(cloud.balancer(name, { Subnets: subnetIds.slice(1, 3) })).rejects.toMatchObject(
    failure(
      "DuplicateLoadBalancerNameException",
      `A load balancer with the same name '${name}' exists, but with different settings`,
    ),
  );
});

test("what Local AWS does not do says so by name", async () => {
  const refused = (feature: string) => ({
    name: "NotImplemented",
    message: `Local AWS does not support ${feature}.`,
    $metadata: expect.objectContaining({ httpStatusCode: 501 }),
  });
  await expect(cloud.balancer(name, { Type: "network" })).rejects.toMatchObject(
    refused("load balancers of type 'network'"),
  );
  const { LoadBalancerArn } = await cloud.balancer(name);
  await expect(
    elb.send(
      new CreateListenerCommand({
        LoadBalancerArn,
        Port: 443,
        Protocol: "HTTPS",
        DefaultActions: [FIXED],
      }),
    ),
  ).rejects.toMatchObject(refused("HTTPS listeners"));
  await expect(
    cloud.listener(LoadBalancerArn!, [
      {
        Type: "authenticate-cognito",
        Order: 1,
        AuthenticateCognitoConfig: {
          UserPoolArn: "arn:aws:cognito-idp:ap-northeast-1:123456789012:userpool/x",
          UserPoolClientId: "x",
          UserPoolDomain: "x",
        },
      },
      { ...FIXED, Order: 2 },
    ]),
  ).rejects.toMatchObject(refused("actions of type 'authenticate-cognito'"));
  await expect(cloud.targetGroup(name, { TargetType: "lambda" })).rejects.toMatchObject(
    refused("target groups of type 'lambda'"),
  );
});

test("security groups and subnets can be changed, and interfaces follow", async () => {
  const { LoadBalancerArn } = await cloud.balancer(name);
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: name, Description: name, VpcId: vpcId }),
  );
  const groups = await elb.send(
    new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: [GroupId!] }),
  );
  expect(groups.SecurityGroupIds).toEqual([GroupId]);
  await expect(
    elb.send(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: ["sg-00000000"] })),
  ).rejects.toMatchObject(
    failure("InvalidConfigurationRequestException", "One or more security groups are invalid"),
  );
  const wanted = subnetIds.slice(1, 3);
  const zones = await elb.send(new SetSubnetsCommand({ LoadBalancerArn, Subnets: wanted }));
  expect(zones.AvailabilityZones!.map(({ SubnetId }) => SubnetId)).toEqual(wanted);
  const { NetworkInterfaces } = await ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "group-id", Values: [GroupId!] }] }),
  );
  expect(NetworkInterfaces!.map(({ SubnetId }) => SubnetId).sort()).toEqual([...wanted].sort());
});

test("attributes of load balancers have AWS's defaults and are checked", async () => {
  const { LoadBalancerArn } = await cloud.balancer(name);
  const attributes = async () => {
    const { Attributes } = await elb.send(
      new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }),
    );
    return Object.fromEntries(Attributes!.map(({ Key, Value }) => [Key, Value]));
  };
  expect(await attributes()).toMatchObject({
    "access_logs.s3.enabled": "false",
    "idle_timeout.timeout_seconds": "60",
    "client_keep_alive.seconds": "3600",
    "deletion_protection.enabled": "false",
    "routing.http2.enabled": "true",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http.desync_mitigation_mode": "defensive",
    "load_balancing.cross_zone.enabled": "true",
  });
  const modify = (Key: string, Value: string) =>
    elb.send(
      new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: [{ Key, Value }] }),
    );
  await modify("idle_timeout.timeout_seconds", "120");
  expect((await attributes())["idle_timeout.timeout_seconds"]).toBe("120");
  const capacity = await elb.send(new DescribeCapacityReservationCommand({ LoadBalancerArn }));
  expect(capacity.MinimumLoadBalancerCapacity).toBeUndefined();
  await expect(modify("idle_timeout.timeout_seconds", "5000")).rejects.toMatchObject(
    failure("ValidationError", /must be between '1-4000' inclusive/),
  );
  await expect(modify("no.such", "1")).rejects.toMatchObject(
    failure("ValidationError", "Load balancer attribute key 'no.such' is not recognized"),
  );
  await expect(modify("access_logs.s3.enabled", "true")).rejects.toMatchObject(
    failure("NotImplemented", "Local AWS does not support access logs of load balancers."),
  );
  await modify("deletion_protection.enabled", "true");
  await expect(elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }))).rejects.toMatchObject(
    failure("OperationNotPermittedException", /deletion protection is enabled/),
  );
});

test("a target group has AWS's defaults and can be changed", async () => {
  const made = await cloud.targetGroup(name);
  expect(made).toEqual({
    TargetGroupArn: expect.stringMatching(new RegExp(`:targetgroup/${name}/[0-9a-f]{16}$`)),
    TargetGroupName: name,
    Protocol: "HTTP",
    ProtocolVersion: "HTTP1",
    Port: 80,
    VpcId: vpcId,
    TargetType: "ip",
    IpAddressType: "ipv4",
    HealthCheckEnabled: true,
    HealthCheckProtocol: "HTTP",
    HealthCheckPort: "traffic-port",
    HealthCheckPath: "/",
    HealthCheckIntervalSeconds: 30,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 5,
    UnhealthyThresholdCount: 2,
    Matcher: { HttpCode: "200" },
    LoadBalancerArns: [],
  });
  const { TargetGroupArn } = made;
  const changed = await elb.send(
    new ModifyTargetGroupCommand({
      TargetGroupArn,
      HealthCheckPath: "/up",
      HealthCheckIntervalSeconds: 10,
      Matcher: { HttpCode: "200-299,404" },
    }),
  );
  expect(changed.TargetGroups![0]).toMatchObject({
    HealthCheckPath: "/up",
    HealthCheckIntervalSeconds: 10,
    HealthCheckTimeoutSeconds: 5,
    Matcher: { HttpCode: "200-299,404" },
  });
  await expect(
    elb.send(new ModifyTargetGroupCommand({ TargetGroupArn, HealthCheckTimeoutSeconds: 10 })),
  ).rejects.toMatchObject(
    failure("ValidationError", "Health check timeout '10' must be smaller than the interval '10'"),
  );
  await expect(
    elb.send(new ModifyTargetGroupCommand({ TargetGroupArn, Matcher: { HttpCode: "600" } })),
  ).rejects.toMatchObject(failure("ValidationError", /must be within '200-499' inclusive/));
  await expect(cloud.targetGroup(name, { Port: 81 })).rejects.toMatchObject(
    failure("DuplicateTargetGroupNameException", /but with different settings/),
  );
  await expect(cloud.targetGroup("other", { VpcId: "vpc-00000000" })).rejects.toMatchObject(
    failure("ValidationError", "The VPC ID 'vpc-00000000' is not found"),
  );
});

test("attributes of target groups have AWS's defaults and are checked together", async () => {
  const { TargetGroupArn } = await cloud.targetGroup(name);
  const { Attributes } = await elb.send(
    new DescribeTargetGroupAttributesCommand({ TargetGroupArn }),
  );
  expect(Object.fromEntries(Attributes!.map(({ Key, Value }) => [Key, Value]))).toMatchObject({
    "deregistration_delay.timeout_seconds": "300",
    "stickiness.enabled": "false",
    "stickiness.type": "lb_cookie",
    "slow_start.duration_seconds": "0",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
  });
  const modify = (values: Record<string, string>) =>
    elb.send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn,
        Attributes: Object.entries(values).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
  await modify({ "slow_start.duration_seconds": "30" });
  await expect(
    modify({ "load_balancing.algorithm.type": "least_outstanding_requests" }),
  ).rejects.toMatchObject(failure("ValidationError", /while slow start is enabled/));
  await expect(modify({ "slow_start.duration_seconds": "10" })).rejects.toMatchObject(
    failure("ValidationError", /must be between '30-900' inclusive/),
  );
  await expect(
    modify({ "stickiness.enabled": "true", "stickiness.type": "app_cookie" }),
  ).rejects.toMatchObject(failure("ValidationError", /name of a cookie of the application/));
});

test("a target group in use cannot be deleted, nor serve two load balancers", async () => {
  const { LoadBalancerArn } = await cloud.balancer(name);
  const { TargetGroupArn } = await cloud.targetGroup(name);
  const listener = await cloud.listener(LoadBalancerArn!, [{ Type: "forward", TargetGroupArn }]);
  expect(listener.DefaultActions).toEqual([
    {
      Type: "forward",
      TargetGroupArn,
      ForwardConfig: {
        TargetGroups: [{ TargetGroupArn, Weight: 1 }],
        TargetGroupStickinessConfig: { Enabled: false },
      },
    },
  ]);
  const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn }));
  expect(TargetGroups).toMatchObject([{ TargetGroupArn, LoadBalancerArns: [LoadBalancerArn] }]);
  await expect(elb.send(new DeleteTargetGroupCommand({ TargetGroupArn }))).rejects.toMatchObject(
    failure(
      "ResourceInUseException",
      `Target group '${TargetGroupArn}' is currently in use by a listener or a rule`,
    ),
  );
  name += "-b";
  const other = await cloud.balancer(name);
  await expect(
    cloud.listener(other.LoadBalancerArn!, [{ Type: "forward", TargetGroupArn }]),
  ).rejects.toMatchObject(
    failure(
      "TargetGroupAssociationLimitException",
      `The following target groups cannot be associated with more than one load balancer: ${TargetGroupArn}`,
    ),
  );
  await elb.send(new DeleteListenerCommand({ ListenerArn: listener.ListenerArn }));
  await elb.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
  await expect(
    elb.send(new DescribeTargetGroupsCommand({ Names: [name.replace("-b", "")] })),
  ).rejects.toMatchObject(
    failure("TargetGroupNotFoundException", "One or more target groups not found"),
  );
});
