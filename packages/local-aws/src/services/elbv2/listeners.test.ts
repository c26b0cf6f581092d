import { DescribeSubnetsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import {
  AddTagsCommand,
  CreateRuleCommand,
  DeleteListenerCommand,
  DeleteRuleCommand,
  DeregisterTargetsCommand,
  DescribeAccountLimitsCommand,
  DescribeListenerAttributesCommand,
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeSSLPoliciesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerAttributesCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  RegisterTargetsCommand,
  RemoveTagsCommand,
  SetRulePrioritiesCommand,
  type Action,
  type CreateRuleCommandInput,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Elbv2Cloud, failure, FIXED } from "./testing/elbv2-cloud.ts";

let cloud: Elbv2Cloud;
let ec2: EC2Client;
let elb: ElasticLoadBalancingV2Client;
let subnetIds: readonly string[];
let serial = 0;
let name: string;
beforeAll(async () => {
  cloud = await Elbv2Cloud.start();
  ({ ec2, elb, subnetIds } = cloud);
});
afterAll(() => cloud.stop());
beforeEach(() => {
  name = `test-${++serial}`;
});

test("listeners are created, changed and deleted", async () => {
  const { LoadBalancerArn } = await cloud.balancer(name);
  const { ListenerArn } = await cloud.listener(LoadBalancerArn!);
  await expect(cloud.listener(LoadBalancerArn!)).rejects.toMatchObject(
    failure(
      "DuplicateListenerException",
      `A listener already exists on this port for this load balancer '${LoadBalancerArn}'`,
    ),
  );
  await expect(
    cloud.listener(LoadBalancerArn!, [{ Type: "forward", TargetGroupArn: "arn:none" }], 81),
  ).rejects.toMatchObject(
    failure("TargetGroupNotFoundException", "Target group 'arn:none' not found"),
  );
  const redirect: Action = {
    Type: "redirect",
    RedirectConfig: { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" },
  };
  await elb.send(
    new ModifyListenerCommand({ ListenerArn, Port: 8080, DefaultActions: [redirect] }),
  );
  const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const DefaultActions = [
    {
      Type: "redirect",
      RedirectConfig: {
        Protocol: "HTTPS",
        Port: "443",
        Host: "#{host}",
        Path: "/#{path}",
        Query: "#{query}",
        StatusCode: "HTTP_301",
      },
    },
  ];
  expect(Listeners).toEqual([
    { ListenerArn, LoadBalancerArn, Port: 8080, Protocol: "HTTP", DefaultActions },
  ]);
  const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
  expect(Rules).toEqual([
    {
      RuleArn: expect.stringContaining(":listener-rule/app/"),
      Priority: "default",
      IsDefault: true,
      Conditions: [],
      Actions: DefaultActions,
      Transforms: [],
    },
  ]);
  const { Certificates } = await elb.send(new DescribeListenerCertificatesCommand({ ListenerArn }));
  expect(Certificates).toEqual([]);
  await elb.send(
    new ModifyListenerAttributesCommand({
      ListenerArn,
      Attributes: [{ Key: "routing.http.response.server.enabled", Value: "false" }],
    }),
  );
  const { Attributes } = await elb.send(new DescribeListenerAttributesCommand({ ListenerArn }));
  expect(Attributes).toContainEqual({
    Key: "routing.http.response.server.enabled",
    Value: "false",
  });
  await elb.send(new DeleteListenerCommand({ ListenerArn }));
  await expect(
    elb.send(new DescribeListenersCommand({ ListenerArns: [ListenerArn!] })),
  ).rejects.toMatchObject(failure("ListenerNotFoundException", "One or more listeners not found"));
});

test("rules have priorities of their own and conditions as AWS answers them", async () => {
  const { LoadBalancerArn } = await cloud.balancer(name);
  const { ListenerArn } = await cloud.listener(LoadBalancerArn!);
  const create = async (Priority: number, Conditions: CreateRuleCommandInput["Conditions"]) => {
    const { Rules } = await elb.send(
      new CreateRuleCommand({ ListenerArn, Priority, Conditions, Actions: [FIXED] }),
    );
    return Rules![0]!;
  };
  const second = await create(20, [{ Field: "path-pattern", Values: ["/a*"] }]);
  const first = await create(10, [
    { Field: "host-header", HostHeaderConfig: { Values: ["*.example.com"] } },
    { Field: "http-request-method", HttpRequestMethodConfig: { Values: ["GET"] } },
  ]);
  expect(second).toMatchObject({
    Priority: "20",
    Conditions: [
      { Field: "path-pattern", Values: ["/a*"], PathPatternConfig: { Values: ["/a*"] } },
    ],
    IsDefault: false,
  });
  await expect(create(10, [{ Field: "path-pattern", Values: ["/x"] }])).rejects.toMatchObject(
    failure("PriorityInUseException", "Priority '10' is currently in use"),
  );
  const order = async () =>
    (await elb.send(new DescribeRulesCommand({ ListenerArn }))).Rules!.map(
      ({ RuleArn, IsDefault }) => (IsDefault ? "default" : RuleArn),
    );
  expect(await order()).toEqual([first.RuleArn, second.RuleArn, "default"]);
  await elb.send(
    new SetRulePrioritiesCommand({
      RulePriorities: [
        { RuleArn: first.RuleArn, Priority: 20 },
        { RuleArn: second.RuleArn, Priority: 10 },
      ],
    }),
  );
  expect(await order()).toEqual([second.RuleArn, first.RuleArn, "default"]);
  await elb.send(
    new ModifyRuleCommand({
      RuleArn: first.RuleArn,
      Conditions: [{ Field: "source-ip", SourceIpConfig: { Values: ["10.0.0.0/8"] } }],
    }),
  );
  await elb.send(new DeleteRuleCommand({ RuleArn: second.RuleArn }));
  const rules = (await elb.send(new DescribeRulesCommand({ ListenerArn }))).Rules!;
  expect(rules[0]!.Conditions).toEqual([
    { Field: "source-ip", SourceIpConfig: { Values: ["10.0.0.0/8"] } },
  ]);
  await expect(
    elb.send(new DeleteRuleCommand({ RuleArn: rules[1]!.RuleArn })),
  ).rejects.toMatchObject(
    failure(
      "OperationNotPermittedException",
      `Default rule '${rules[1]!.RuleArn}' cannot be deleted`,
    ),
  );
});

test.for([
  [[{ Field: "colour", Values: ["red"] }], /^Condition field 'colour' must be one of/],
  [[{ Field: "path-pattern" }], /^A condition value must be specified$/],
  [[{ Field: "http-header" }], /^A 'HttpHeaderConfig' must be specified with 'http-header'$/],
  [
    [{ Field: "http-request-method", HttpRequestMethodConfig: { Values: ["get"] } }],
    /^Condition value 'get' contains a character that is not valid$/,
  ],
  [
    [{ Field: "path-pattern", Values: ["/a, /b"] }],
    /^Condition value '\/a, \/b' contains a character that is not valid$/,
  ],
  [
    [{ Field: "host-header", HostHeaderConfig: { Values: ["a_b.example.com"] } }],
    /^Condition value 'a_b.example.com' contains a character that is not valid$/,
  ],
  [
    [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-A", Values: ["a\nb"] } }],
    /contains a character that is not valid$/,
  ],
  [[{ Field: "source-ip", SourceIpConfig: { Values: ["10.0.0.1"] } }], /not a valid CIDR block/],
  [
    [{ Field: "path-pattern", Values: ["/*/*/*/*/*/*"] }],
    /^A rule can only have '5' condition wildcards$/,
  ],
  [
    [{ Field: "path-pattern", Values: ["/1", "/2", "/3", "/4", "/5", "/6"] }],
    /^A rule can only have '5' condition values$/,
  ],
  [
    [
      { Field: "path-pattern", Values: ["/1"] },
      { Field: "path-pattern", Values: ["/2"] },
    ],
    /only have one 'path-pattern' condition/,
  ],
] as const)("conditions %j are refused", async ([conditions, message]) => {
  const { LoadBalancerArn } = await cloud.balancer(name);
  const { ListenerArn } = await cloud.listener(LoadBalancerArn!);
  const Conditions = conditions as unknown as CreateRuleCommandInput["Conditions"];
  await expect(
    elb.send(new CreateRuleCommand({ ListenerArn, Priority: 1, Conditions, Actions: [FIXED] })),
  ).rejects.toMatchObject(failure("ValidationError", message));
});

test("targets are registered, described and drained", async () => {
  const { TargetGroupArn } = await cloud.targetGroup(name);
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetIds[0]!] }));
  const prefix = Subnets![0]!.CidrBlock!.split(".").slice(0, 3).join(".");
  const Id = `${prefix}.77`;
  const register = (target: { Id: string; Port?: number; AvailabilityZone?: string }) =>
    elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [target] }));
  await register({ Id });
  await register({ Id, Port: 81 });
  await register({ Id: "10.200.0.1", AvailabilityZone: "all" });
  const describe = async () =>
    (await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))).TargetHealthDescriptions!;
  expect((await describe()).map(({ Target }) => Target)).toEqual([
    { Id, Port: 80, AvailabilityZone: Subnets![0]!.AvailabilityZone },
    { Id, Port: 81, AvailabilityZone: Subnets![0]!.AvailabilityZone },
    { Id: "10.200.0.1", Port: 80, AvailabilityZone: "all" },
  ]);
  await expect(register({ Id: "nonsense" })).rejects.toMatchObject(
    failure("ValidationError", "The IP address 'nonsense' is not a valid IPv4 address"),
  );
  await expect(register({ Id: "8.8.8.8" })).rejects.toMatchObject(
    failure("InvalidTargetException", /must be in one of the following CIDRs/),
  );
  const other = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn, Targets: [{ Id: "10.1.1.1" }] }),
  );
  expect(other.TargetHealthDescriptions).toEqual([
    {
      Target: { Id: "10.1.1.1", Port: 80 },
      HealthCheckPort: "80",
      TargetHealth: {
        State: "unused",
        Reason: "Target.NotRegistered",
        Description: "Target is not registered to the target group",
      },
    },
  ]);
  await elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id, Port: 81 }] }));
  // A group that no load balancer uses has nothing to drain.
  await expect
    .poll(async () => (await describe()).map(({ Target }) => Target!.Port), { timeout: 60_000 })
    .toEqual([80, 80]);
});

test("every kind of resource has tags", async () => {
  const { LoadBalancerArn } = await cloud.balancer(name, { Tags: [{ Key: "k", Value: "1" }] });
  const { TargetGroupArn } = await cloud.targetGroup(name);
  const { ListenerArn } = await cloud.listener(LoadBalancerArn!);
  const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
  const ResourceArns = [LoadBalancerArn!, TargetGroupArn!, ListenerArn!, Rules![0]!.RuleArn!];
  for (const arn of ResourceArns) {
    const Tags = [{ Key: "team", Value: "x" }];
    await elb.send(new AddTagsCommand({ ResourceArns: [arn], Tags }));
  }
  await elb.send(new RemoveTagsCommand({ ResourceArns: [LoadBalancerArn!], TagKeys: ["k"] }));
  const { TagDescriptions } = await elb.send(new DescribeTagsCommand({ ResourceArns }));
  expect(TagDescriptions).toEqual(
    ResourceArns.map((ResourceArn) => ({ ResourceArn, Tags: [{ Key: "team", Value: "x" }] })),
  );
  const twice = [
    { Key: "a", Value: "1" },
    { Key: "a", Value: "2" },
  ];
  const one = [LoadBalancerArn!];
  await expect(
    elb.send(new AddTagsCommand({ ResourceArns: one, Tags: twice })),
  ).rejects.toMatchObject(failure("DuplicateTagKeysException", /more than once/));
  await expect(elb.send(new AddTagsCommand({ ResourceArns, Tags: twice }))).rejects.toMatchObject(
    failure("ValidationError", /^Only one resource can be tagged at a time$/),
  );
});

test("no more than twenty are described at a time", async () => {
  const { LoadBalancerArn } = await cloud.balancer(name);
  const { TargetGroupArn } = await cloud.targetGroup(name);
  const many = <T>(one: T) => Array.from({ length: 21 }, () => one);
  const balancers = many(LoadBalancerArn!);
  const groups = many(TargetGroupArn!);
  for (const [command, what] of [
    [new DescribeTagsCommand({ ResourceArns: balancers }), "resources"],
    [new DescribeLoadBalancersCommand({ LoadBalancerArns: balancers }), "load balancers"],
    [new DescribeLoadBalancersCommand({ Names: many(name) }), "load balancers"],
    [new DescribeTargetGroupsCommand({ TargetGroupArns: groups }), "target groups"],
    [new DescribeTargetGroupsCommand({ Names: many(name) }), "target groups"],
  ] as const)
    await expect(elb.send(command as DescribeTagsCommand)).rejects.toMatchObject(
      failure(
        "ValidationError",
        new RegExp(`^You cannot describe more than '20' ${what} at a time$`),
      ),
    );
  await elb.send(new DescribeTagsCommand({ ResourceArns: balancers.slice(1) }));
});

test("pages follow each other", async () => {
  const one = await cloud.balancer(name);
  const two = await cloud.balancer(`${name}-b`);
  const names = [one.LoadBalancerName!, two.LoadBalancerName!];
  const first = await elb.send(new DescribeLoadBalancersCommand({ Names: names }));
  expect(first.LoadBalancers).toHaveLength(2);
  const page = await elb.send(new DescribeLoadBalancersCommand({ PageSize: 1 }));
  expect(page.LoadBalancers).toHaveLength(1);
  const next = await elb.send(
    new DescribeLoadBalancersCommand({ PageSize: 1, Marker: page.NextMarker }),
  );
  expect(next.LoadBalancers![0]!.LoadBalancerArn).not.toBe(page.LoadBalancers![0]!.LoadBalancerArn);
});

test("no priorities to set are too few", async () => {
  await expect(
    elb.send(new SetRulePrioritiesCommand({ RulePriorities: [] })),
  ).rejects.toMatchObject(failure("ValidationError", /./));
});

test("limits and TLS policies are there to be read", async () => {
  const { Limits } = await elb.send(new DescribeAccountLimitsCommand({}));
  expect(Limits).toContainEqual({ Name: "application-load-balancers", Max: "50" });
  const { SslPolicies } = await elb.send(
    new DescribeSSLPoliciesCommand({ Names: ["ELBSecurityPolicy-TLS13-1-2-2021-06"] }),
  );
  expect(SslPolicies).toMatchObject([{ SslProtocols: ["TLSv1.3", "TLSv1.2"] }]);
});
