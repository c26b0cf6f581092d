import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import type { Check } from "../src/check.ts";
import { closedToOthers } from "../src/checks/closed-to-others.ts";
import { servicesAreSteady } from "../src/checks/services-steady.ts";
import { targetsAreHealthy } from "../src/checks/targets-healthy.ts";
import { createRequester } from "../src/http-request.ts";
import type { AwsClients, LiveContext } from "../src/live.ts";
import { pollUntil } from "../src/poll.ts";
import { balancedServiceStack } from "../src/testing/balanced-service.ts";
import { deployFailingService } from "../src/testing/failing-service.ts";
import { GO_APP } from "../src/web-app.ts";
import { REGION, startTestCloud, type TestCloud } from "../src/testing/test-cloud.ts";

const HOME = "203.0.113.10/32";

let cloud: TestCloud;
let aws: AwsClients;
let context: LiveContext;

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off", homeAddress: "203.0.113.10" });
  aws = cloud.aws;
});

afterAll(async () => {
  await cloud.stop();
});

let number = 0;

beforeEach(() => {
  number += 1;
  context = {
    owner: "hanako",
    region: REGION,
    homeCidr: HOME,
    synth: balancedServiceStack(name()),
    aws,
    images: [],
    request: createRequester(effectiveAddress),
    deadlineMs: 300,
  };
});

/** Where this cloud's listeners really are, once the load balancer is provisioned: not on the ports that they say. */
async function effectiveAddress(dnsName: string, port: number) {
  const look = async () => {
    const response = await fetch(`${cloud.endpoint}/_local/endpoints`);
    const { listeners } = (await response.json()) as {
      listeners: { dnsName: string; port: number; addresses: { host: string; port: number }[] }[];
    };
    return listeners.find((each) => each.dnsName === dnsName && each.port === port)?.addresses[0];
  };
  const { last } = await pollUntil(look, (address) => address !== undefined, {
    deadlineMs: 60_000,
  });
  if (last === undefined) throw new Error(`Nothing listens on ${port}`);
  return last;
}

/** Every test has a cluster, service and load balancer of its own. */
function name(): string {
  return `go-app-${number}`;
}

async function admit(GroupId: string, CidrIp: string, port = GO_APP.port): Promise<void> {
  await aws.ec2.authorizeSecurityGroupIngress({
    GroupId,
    IpPermissions: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, IpRanges: [{ CidrIp }] }],
  });
}

function deploy(desiredCount: number): Promise<{ readonly group: string }> {
  return deployFailingService(aws, name(), desiredCount);
}

async function run(check: Check<"live">) {
  return check.run(context);
}

test("a service whose cluster does not exist is not deployed", async () => {
  expect(await run(servicesAreSteady("steady", [GO_APP]))).toMatchObject({
    passed: false,
    fault: "not-deployed",
    actual: { en: `no active service ${name()} in cluster ${name()}` },
  });
});

test("a service that runs fewer tasks than it should is not steady, and says what it does", async () => {
  await deploy(2);
  expect(await run(servicesAreSteady("steady", [GO_APP]))).toMatchObject({
    passed: false,
    fault: "image-registry",
    actual: {
      en: expect.stringMatching(
        new RegExp(
          `^${name()}: 0 of 2 running, .*PRIMARY IN_PROGRESS: .*failed to resolve ref public.example/golang-app:v1`,
        ),
      ),
    },
  });
});

test("a service that wants one task is told so", async () => {
  await deploy(1);
  expect(await run(servicesAreSteady("steady", [GO_APP]))).toMatchObject({
    passed: false,
    fault: "desired-count",
  });
});

test("a target group nobody registers in has no healthy targets", async () => {
  await deploy(2);
  expect(await run(targetsAreHealthy("healthy", [GO_APP]))).toMatchObject({
    passed: false,
    fault: "image-registry",
    expected: { en: "go-app: 2 healthy targets" },
    actual: { en: expect.stringMatching(/^go-app: no targets: Tasks of .* do not start/) },
  });
});

test("targets of a group that no listener leads to are said to be unused", async () => {
  await deploy(1);
  const { TargetGroups = [] } = await aws.elbv2.describeTargetGroups({ Names: [name()] });
  const { TargetGroupArn, LoadBalancerArns = [] } = TargetGroups[0]!;
  const LoadBalancerArn = LoadBalancerArns[0];
  const { Listeners = [] } = await aws.elbv2.describeListeners({ LoadBalancerArn });
  await aws.elbv2.deleteListener({ ListenerArn: Listeners[0]!.ListenerArn });
  await aws.elbv2.registerTargets({ TargetGroupArn, Targets: [{ Id: "172.31.0.10", Port: 8080 }] });
  expect(await run(targetsAreHealthy("healthy", [GO_APP]))).toMatchObject({
    passed: false,
    fault: "image-registry",
    actual: { en: expect.stringContaining("go-app: 172.31.0.10:8080 unused (Target.NotInUse)") },
  });
});

test("a service that registers nowhere leaves the load balancer to answer 503", async () => {
  const { group } = await deploy(2);
  await admit(group, HOME);
  await aws.ecs.updateService({ cluster: name(), service: name(), loadBalancers: [] });
  expect(await run(targetsAreHealthy("healthy", [GO_APP]))).toMatchObject({
    passed: false,
    fault: "image-registry",
    expected: { en: "go-app: 2 healthy targets" },
    actual: { en: expect.stringMatching(/registers in no target group; .* answers 503: /) },
  });
});

test("no task at all is not a success of a service that wants none", async () => {
  await deploy(0);
  expect(await run(targetsAreHealthy("healthy", [GO_APP]))).toMatchObject({
    passed: false,
    fault: "desired-count-zero",
  });
  expect(await run(servicesAreSteady("steady", [GO_APP]))).toMatchObject({ passed: false });
});

test("a load balancer is closed to others when its rules name your address alone", async () => {
  const { group } = await deploy(2);
  await admit(group, HOME);
  expect(await run(closedToOthers("closed", [GO_APP]))).toMatchObject({
    passed: true,
    expected: { en: `ingress from ${HOME} on 8080, and no other` },
    actual: { en: `ingress: tcp 8080-8080 from ${HOME}` },
  });
});

test("a load balancer without a rule for the port is closed to you as well", async () => {
  const { group } = await deploy(2);
  expect(await run(closedToOthers("closed", [GO_APP]))).toMatchObject({
    passed: false,
    fault: "closed",
  });
  await admit(group, HOME, 80);
  expect(await run(closedToOthers("closed", [GO_APP]))).toMatchObject({
    passed: false,
    fault: "closed",
  });
});

test("one open rule among others is found", async () => {
  const { group } = await deploy(2);
  await admit(group, HOME);
  await admit(group, "0.0.0.0/0", 22);
  expect(await run(closedToOthers("closed", [GO_APP]))).toMatchObject({
    passed: false,
    fault: "open",
  });
});

test("a check of something that is not deployed says what to do, and does not pass", async () => {
  await expect(run(closedToOthers("closed", [GO_APP]))).rejects.toThrow(
    `The service ${name()} does not exist in cluster ${name()}: deploy first`,
  );
});
