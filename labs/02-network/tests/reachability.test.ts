import { buildNetwork, type BuiltNetwork, HOME, useCheckedCloud } from "@workbook/lab-kit/testing";
import { NODE_APP } from "@workbook/lab-kit";
import { expect, test } from "vitest";

import { reachesWhomItShould } from "../checks/reachability.ts";

const cloud = useCheckedCloud();

function network(): Promise<BuiltNetwork> {
  return buildNetwork(cloud.aws.ec2, cloud.context.owner, HOME);
}

const reachability = reachesWhomItShould("reachability", NODE_APP);

test("without a VPC of the owner's, nothing is deployed", async () => {
  expect(await cloud.run(reachability)).toMatchObject({ passed: false, fault: "not-deployed" });
});

test("a table tells who reaches whom, and why not", async () => {
  await network();
  const result = await cloud.run(reachability);
  expect(result.actual.en).not.toMatch(/\p{sc=Hiragana}|\p{sc=Katakana}/u);
  expect(result).toMatchObject({ passed: true });
  expect(result.actual.en.split("\n").slice(1)).toEqual([
    expect.stringMatching(/^ {2}from +to +reaches +why/),
    expect.stringMatching(/^ {2}you +load balancer:80 +yes +internet gateway to 2 public subnets/),
    expect.stringMatching(/^ {2}others +load balancer:80 +no +alb-owner\d+ does not admit 198/),
    expect.stringMatching(/^ {2}you +tasks:80 +no +no way leads from the internet gateway/),
    expect.stringMatching(/^ {2}load balancer +tasks:80 +yes .*node-app-owner\d+ admits alb-owner/),
    expect.stringMatching(/^ {2}tasks +the internet:443 +yes .*NAT gateway to internet gateway/),
  ]);
});

test("private subnets without a default route have no way out", async () => {
  const { privateTable } = await network();
  await cloud.aws.ec2.deleteRoute({
    RouteTableId: privateTable,
    DestinationCidrBlock: "0.0.0.0/0",
  });
  expect(await cloud.run(reachability)).toMatchObject({
    passed: false,
    fault: "tasks-out",
    actual: { en: expect.stringMatching(/the internet:443 +no +subnet-\w+ has no default route/) },
  });
});

test("a NAT gateway that is gone is no way out", async () => {
  const { nat } = await network();
  await cloud.aws.ec2.deleteNatGateway({ NatGatewayId: nat });
  expect(await cloud.run(reachability)).toMatchObject({
    passed: false,
    fault: "tasks-out",
    actual: {
      en: expect.stringMatching(/the internet:443 +no +(?:nat-\w+ is delet|subnet-\w+ has no)/),
    },
  });
});

test("a load balancer's group that admits everybody is told", async () => {
  const { alb } = await network();
  await cloud.aws.ec2.authorizeSecurityGroupIngress({
    GroupId: alb,
    IpPermissions: [
      { IpProtocol: "tcp", FromPort: 0, ToPort: 100, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
    ],
  });
  expect(await cloud.run(reachability)).toMatchObject({ passed: false, fault: "others-to-alb" });
});

test("public subnets in one zone leave no place for a load balancer", async () => {
  const { publicAssociations } = await network();
  await cloud.aws.ec2.disassociateRouteTable({ AssociationId: publicAssociations[1] });
  expect(await cloud.run(reachability)).toMatchObject({ passed: false, fault: "you-to-alb" });
});

test("tasks that do not admit the load balancer's group are out of its reach", async () => {
  const { tasks, alb } = await network();
  await cloud.aws.ec2.revokeSecurityGroupIngress({
    GroupId: tasks,
    IpPermissions: [
      { IpProtocol: "tcp", FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: alb }] },
    ],
  });
  expect(await cloud.run(reachability)).toMatchObject({ passed: false, fault: "alb-to-tasks" });
});
