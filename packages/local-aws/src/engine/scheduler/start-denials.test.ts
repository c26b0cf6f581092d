import {
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import {
  CreatePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TaskCloud } from "./testing/task-cloud.ts";

let cloud: TaskCloud;
let image: string;

beforeAll(async () => {
  cloud = await TaskCloud.start();
  image = await cloud.push("program", {
    files: { "main.js": "setInterval(() => {}, 1000);" },
    config: { Cmd: ["node", "/main.js"] },
  });
});
afterAll(async () => {
  expect(cloud.test.errors).toEqual([]);
  await cloud.stop();
});

const allow = (...actions: string[]) => ({ Effect: "Allow", Action: actions, Resource: "*" });

/** An execution role with an inline policy of these statements, and its boundary. */
async function roleWith(name: string, statements: object[], boundary?: object[]): Promise<string> {
  const executionRoleArn = await cloud.role(name);
  const document = (Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  await cloud.iam.send(
    new PutRolePolicyCommand({
      RoleName: name,
      PolicyName: "own",
      PolicyDocument: document(statements),
    }),
  );
  if (!boundary) return executionRoleArn;
  const { Policy } = await cloud.iam.send(
    new CreatePolicyCommand({ PolicyName: `${name}-limit`, PolicyDocument: document(boundary) }),
  );
  await cloud.iam.send(
    new PutRolePermissionsBoundaryCommand({ RoleName: name, PermissionsBoundary: Policy!.Arn! }),
  );
  return executionRoleArn;
}

const deny = (action: string) => ({ Effect: "Deny", Action: action, Resource: "*" });

test.each<[string, object[], object[] | undefined, RegExp]>([
  [
    "deny-token",
    [allow("*"), deny("ecr:GetAuthorizationToken")],
    undefined,
    /ecr:GetAuthorizationToken on resource: \* with an explicit deny in an identity-based policy$/,
  ],
  [
    "bounded",
    [allow("*")],
    [allow("logs:*")],
    /ecr:GetAuthorizationToken on resource: \* because no permissions boundary allows the ecr:GetAuthorizationToken action$/,
  ],
  [
    "deny-stream",
    [allow("*"), deny("logs:CreateLogStream")],
    undefined,
    /CreateLogStream, .* logs:CreateLogStream on resource: \S+ with an explicit deny in an identity-based policy : exit status 1$/,
  ],
  [
    "no-layers",
    [allow("ecr:GetA*", "ecr:Batch*", "logs:*")],
    undefined,
    /^CannotPullContainerError: failed to copy: .*403 Forbidden$/,
  ],
])("what refuses an execution role is named: %s", async (name, statements, boundary, said) => {
  const executionRoleArn = await roleWith(name, statements, boundary);
  const container = { name: "main", image, logConfiguration: cloud.logTo() };
  const definition = await cloud.define(name, [container], { executionRoleArn });
  expect(await cloud.stoppedReason(definition)).toMatch(said);
});

test("a role that may make the log group and not put events runs its task, and nothing is logged", async () => {
  const executionRoleArn = await roleWith("unheard", [allow("ecr:*", "logs:CreateLogStream")]);
  const talker = await cloud.push("talker", {
    files: { "main.js": 'console.log("heard"); setInterval(() => {}, 1000);' },
    config: { Cmd: ["node", "/main.js"] },
  });
  const container = { name: "main", image: talker, logConfiguration: cloud.logTo() };
  const run = async (family: string, more: object) => {
    const taskDefinition = await cloud.define(family, [container], more);
    const started = await cloud.run(taskDefinition);
    return started.taskArn!;
  };
  const unheard = await run("unheard", { executionRoleArn });
  await vi.waitFor(
    async () => expect(await cloud.task(unheard)).toMatchObject({ lastStatus: "RUNNING" }),
    { timeout: 60_000, interval: 20 },
  );
  // One that may, started later: by the time its line is there, the other's would be as well.
  const heard = await run("heard", {});
  await vi.waitFor(async () => expect(await cloud.lines(heard)).toEqual(["heard"]), {
    timeout: 60_000,
  });
  expect(await cloud.lines(unheard)).toEqual([]);
});

test.skipIf(process.arch === "arm64")(
  "an image of another architecture is not pulled",
  async () => {
    const definition = await cloud.define("arm", [{ name: "main", image }], {
      runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
    });
    expect(await cloud.stoppedReason(definition)).toBe(
      "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'",
    );
  },
);

test("a subnet without a free address is named", async () => {
  const { Vpcs } = await cloud.ec2.send(new DescribeVpcsCommand({}));
  const { Subnet } = await cloud.ec2.send(
    new CreateSubnetCommand({ VpcId: Vpcs![0]!.VpcId!, CidrBlock: "172.31.210.0/28" }),
  );
  const SubnetId = Subnet!.SubnetId!;
  for (let left = Subnet!.AvailableIpAddressCount!; left > 0; left--)
    await cloud.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
  const definition = await cloud.define("crowded", [{ name: "main", image }]);
  const network = { awsvpcConfiguration: { subnets: [SubnetId] } };
  expect(await cloud.stoppedReason(definition, network)).toBe(
    `Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet '${SubnetId}': InsufficientFreeAddressesInSubnet`,
  );
});

test("where the VPC resolves no names, the look-up is what fails", async () => {
  const { Vpc } = await cloud.ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  const VpcId = Vpc!.VpcId!;
  await cloud.ec2.send(
    new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: false } }),
  );
  const { Subnet } = await cloud.ec2.send(
    new CreateSubnetCommand({ VpcId, CidrBlock: "10.9.0.0/24" }),
  );
  const network = { awsvpcConfiguration: { subnets: [Subnet!.SubnetId!] } };
  const definition = await cloud.define("nameless", [{ name: "main", image }]);
  expect(await cloud.stoppedReason(definition, network)).toMatch(
    /dial tcp: lookup api\.ecr\.ap-northeast-1\.amazonaws\.com: i\/o timeout$/,
  );
});

test("a VPC endpoint whose policy does not allow the call is named as what refuses it", async () => {
  const VpcId = (await cloud.ec2.send(new DescribeVpcsCommand({}))).Vpcs![0]!.VpcId!;
  const { VpcEndpoint } = await cloud.ec2.send(
    new CreateVpcEndpointCommand({
      VpcId,
      VpcEndpointType: "Interface",
      ServiceName: "com.amazonaws.ap-northeast-1.ecr.api",
      SubnetIds: [cloud.subnets[0]!],
      PolicyDocument: JSON.stringify({
        Statement: [{ Effect: "Allow", Principal: "*", Action: "ecr:Describe*", Resource: "*" }],
      }),
    }),
  );
  const VpcEndpointIds = [VpcEndpoint!.VpcEndpointId!];
  await vi.waitFor(
    async () => {
      const described = await cloud.ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds }));
      expect(described.VpcEndpoints![0]!.State).toBe("available");
    },
    { timeout: 60_000, interval: 20 },
  );
  const definition = await cloud.define("narrow", [{ name: "main", image }]);
  expect(await cloud.stoppedReason(definition)).toMatch(
    /ecr:GetAuthorizationToken on resource: \* because no VPC endpoint policy allows the ecr:GetAuthorizationToken action$/,
  );
  await cloud.ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds }));
});
