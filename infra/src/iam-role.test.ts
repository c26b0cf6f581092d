import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { expect, test } from "vitest";

import { ExecutionRole } from "./execution-role.ts";
import { IamRole } from "./iam-role.ts";
import { synthesised } from "./testing.ts";

test("is taken by the service it is for, and by no other", () => {
  const { resource } = synthesised((scope) => {
    new IamRole(scope, "task", { name: "task-hanako", identifier: "ecs-tasks.amazonaws.com" });
  });
  const { assume_role_policy: trust, name } = resource["aws_iam_role"]?.["task"] ?? {};
  expect(name).toBe("task-hanako");
  expect(JSON.parse(String(trust))).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "ecs-tasks.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    ],
  });
  expect(Object.keys(resource)).toEqual(["aws_iam_role"]);
});

test("is taken by several services where they do the same with it", () => {
  const identifier = ["scheduler.amazonaws.com", "events.amazonaws.com"];
  const { resource } = synthesised((scope) => {
    new IamRole(scope, "runner", { name: "runner-hanako", identifier });
  });
  const { assume_role_policy: trust } = resource["aws_iam_role"]?.["runner"] ?? {};
  expect(JSON.parse(String(trust))).toMatchObject({
    Statement: [{ Principal: { Service: identifier } }],
  });
});

test("may do what its policy document and the attached policies say, within its boundary", () => {
  const { resource } = synthesised((scope) => {
    const role = new IamRole(scope, "task", {
      name: "task-hanako",
      identifier: "ecs-tasks.amazonaws.com",
      policyDocument: "{}",
      permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/at-most",
      managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    });
    new CloudwatchLogGroup(scope, "usable", { dependsOn: [...role.permissions] });
  });
  expect(resource["aws_iam_role"]?.["task"]).toMatchObject({
    permissions_boundary: "arn:aws:iam::123456789012:policy/at-most",
  });
  expect(resource["aws_iam_role_policy"]?.["task_policy"]).toMatchObject({
    policy: "{}",
    role: "${aws_iam_role.task.name}",
  });
  expect(resource["aws_iam_role_policy_attachment"]?.["task_0"]).toEqual({
    policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
    role: "${aws_iam_role.task.name}",
  });
  expect(resource["aws_cloudwatch_log_group"]?.["usable"]?.["depends_on"]).toEqual([
    "aws_iam_role_policy.task_policy",
    "aws_iam_role_policy_attachment.task_0",
  ]);
});

test("an execution role extends AWS's managed policy with reading encrypted parameters", () => {
  const { resource, data } = synthesised((scope) => {
    new ExecutionRole(scope, "execution", { name: "ecs-execution-hanako" });
  });
  expect(data["aws_iam_policy"]?.["execution_managed"]).toEqual({
    arn: "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
  });
  expect(data["aws_iam_policy_document"]?.["execution_document"]).toEqual({
    source_policy_documents: ["${data.aws_iam_policy.execution_managed.policy}"],
    statement: [
      { effect: "Allow", actions: ["ssm:GetParameters", "kms:Decrypt"], resources: ["*"] },
    ],
  });
  expect(resource["aws_iam_role_policy"]?.["execution_policy"]).toMatchObject({
    policy: "${data.aws_iam_policy_document.execution_document.json}",
  });
});

test("an execution role that reads no parameters has AWS's managed policy as it is", () => {
  const { resource, data } = synthesised((scope) => {
    new ExecutionRole(scope, "execution", { name: "ecs-execution-hanako", readsParameters: false });
  });
  expect(resource["aws_iam_role_policy"]?.["execution_policy"]).toMatchObject({
    policy: "${data.aws_iam_policy.execution_managed.policy}",
  });
  expect(Object.keys(data)).toEqual(["aws_iam_policy"]);
});
