import { expect, test } from "vitest";
import { madeByHand } from "./topology.ts";

const DEFAULT_VPC = [
  { kind: "ec2.vpc", id: "vpc-1", value: { isDefault: true } },
  { kind: "ec2.security-group", id: "sg-1", value: { vpcId: "vpc-1" } },
  { kind: "ec2.security-group-rule", id: "sgr-1", value: { groupId: "sg-1" } },
  { kind: "ec2.internet-gateway", id: "igw-1", value: { attachments: [{ vpcId: "vpc-1" }] } },
];

test("of a new account, nobody has made anything", () => {
  expect(madeByHand(DEFAULT_VPC)).toEqual([]);
});

test("a VPC of one's own is made, with what is in it", () => {
  const own = [
    { kind: "ec2.vpc", id: "vpc-2", value: { isDefault: false } },
    { kind: "ec2.subnet", id: "subnet-2", value: { vpcId: "vpc-2" } },
    { kind: "ecs.task", id: "arn:task", value: {} },
  ];
  expect(madeByHand([...own, ...DEFAULT_VPC])).toEqual(own);
});
