import {
  CreateClusterCommand,
  DeleteAttributesCommand,
  DescribeTasksCommand,
  DeregisterContainerInstanceCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  ListAttributesCommand,
  ListContainerInstancesCommand,
  PutAttributesCommand,
  RunTaskCommand,
  StartTaskCommand,
  UpdateContainerInstancesStateCommand,
  type RunTaskCommandInput,
} from "@aws-sdk/client-ecs";
import {
  DescribeImagesCommand,
  GetConsoleOutputCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TaskCloud } from "../../../engine/scheduler/testing/task-cloud.ts";
import {
  eventually,
  InstanceCloud,
  joining,
  left,
} from "../../../../tests/support/instance-cloud.ts";

// Instances of the control plane alone: they register, and tasks are placed on them but never run.
let tasks: TaskCloud;
let cloud: InstanceCloud;
/** Container instances by zone: two of one, one of another. */
let arns: string[] = [];
/** Of this cloud's registry, which has none of the name: no task waits for the network. */
let image = "";

beforeAll(async () => {
  tasks = await TaskCloud.start({ tasks: "off" });
  cloud = await InstanceCloud.in(tasks);
  image = `${new URL(tasks.test.endpoint).host}/none:latest`;
  const [one, other] = tasks.subnets;
  for (const [index, SubnetId] of [one, one, other].entries()) {
    const { InstanceId = "" } = await cloud.launch({
      SubnetId: SubnetId!,
      UserData: joining("c", `ECS_INSTANCE_ATTRIBUTES={"stack":"s${index}"}`),
    });
    arns.push((await cloud.joined(InstanceId)).containerInstanceArn!);
  }
}, 60_000);
afterAll(async () => {
  expect(tasks.test.errors).toEqual([]);
  await tasks.stop();
});

const run = async (more: Partial<RunTaskCommandInput> = {}, memory = 64) => {
  const taskDefinition = await cloud.define("t", [{ name: "main", image, memory }]);
  const { tasks: made = [], failures = [] } = await tasks.ecs.send(
    new RunTaskCommand({ cluster: "c", taskDefinition, launchType: "EC2", ...more }),
  );
  return { on: made.map(({ containerInstanceArn }) => containerInstanceArn!), failures };
};

/** Until none of the tasks, which cannot run here, takes up room. */
const free = () =>
  eventually(async () => {
    for (const it of await cloud.registered())
      expect(it.remainingResources).toEqual(it.registeredResources);
  });

test("the public parameters name images that are there", async () => {
  const ssm = new SSMClient(tasks.test.clientConfig);
  const names = ["amazon-linux-2023", "amazon-linux-2"].map(
    (os) => `/aws/service/ecs/optimized-ami/${os}/recommended`,
  );
  const { Parameters = [], InvalidParameters } = await ssm.send(
    new GetParametersCommand({ Names: [...names, "/aws/service/ecs/none"] }),
  );
  expect(InvalidParameters).toEqual(["/aws/service/ecs/none"]);
  const ids = Parameters.map(({ Value }) => (JSON.parse(Value!) as { image_id: string }).image_id);
  const { Images = [] } = await tasks.ec2.send(new DescribeImagesCommand({ ImageIds: ids }));
  expect(Images.map(({ Name }) => Name!.slice(0, 10)).toSorted()).toEqual([
    "al2023-ami",
    "amzn2-ami-",
  ]);
  ssm.destroy();
});

test("an instance tells what it has and what it is", async () => {
  const [instance] = await cloud.registered();
  const ec2 = await cloud.instance(instance!.ec2InstanceId!);
  expect(ec2).toMatchObject({ State: { Name: "running" }, InstanceType: "t3.micro" });
  expect(instance).toMatchObject({ status: "ACTIVE", agentConnected: true, runningTasksCount: 0 });
  expect(left(instance!, "CPU")).toBe(2048);
  expect(left(instance!, "PORTS")).toContain("22");
  const values = Object.fromEntries(instance!.attributes!.map(({ name, value }) => [name, value]));
  expect(values).toMatchObject({
    "ecs.instance-type": "t3.micro",
    "ecs.availability-zone": ec2.Placement!.AvailabilityZone,
    "ecs.os-type": "linux",
  });
  expect(values).toHaveProperty("ecs.capability.task-eni");
  const { clusters } = await tasks.ecs.send(new DescribeClustersCommand({ clusters: ["c"] }));
  expect(clusters).toMatchObject([{ registeredContainerInstancesCount: 3 }]);
});

describe("placement", () => {
  test("spreads over zones, then over instances, without a word", async () => {
    const { on } = await run({ count: 3 });
    expect(new Set(on).size).toBe(3);
    await free();
  });

  test("packs the fullest instance", async () => {
    const { on } = await run({
      count: 4,
      placementStrategy: [{ type: "binpack", field: "memory" }],
    });
    expect(new Set(on).size).toBe(1);
    await free();
  });

  test("puts no two of a group on one instance, and says why to the rest", async () => {
    const placementConstraints = [{ type: "distinctInstance" as const }];
    const { on, failures } = await run({ count: 4, placementConstraints });
    expect(new Set(on).size).toBe(3);
    expect(failures.map(({ arn }) => arn!).toSorted()).toEqual(arns.toSorted());
    expect(failures[0]!.reason).toBe("DistinctInstance placement constraint unsatisfied.");
    await free();
  });

  test("heeds expressions about attributes, those of user data among them", async () => {
    const member = (expression: string) => ({
      placementConstraints: [{ type: "memberOf" as const, expression }],
    });
    expect((await run({ count: 2, ...member("attribute:stack == s1") })).on).toEqual([
      arns[1],
      arns[1],
    ]);
    const none = await run(member("attribute:ecs.instance-type =~ m5.*"));
    expect(none.failures[0]!.reason).toBe("MemberOf placement constraint unsatisfied.");
    await expect(run(member("attribute:stack ="))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await free();
  });

  test("tells which resource is not there", async () => {
    const tooMuch = await run({}, 4096);
    expect(tooMuch.failures.map(({ reason }) => reason)).toEqual(arns.map(() => "RESOURCE:MEMORY"));
    const splunk = await cloud.define("splunk", [
      { name: "main", image, memory: 64, logConfiguration: { logDriver: "splunk" } },
    ]);
    expect((await run({ taskDefinition: splunk })).failures[0]!.reason).toBe("ATTRIBUTE");
  });
});

test("a task is started on the instance that is named, and on no other", async () => {
  const taskDefinition = await cloud.define("t", [
    { name: "main", image, memory: 64, portMappings: [{ containerPort: 80, hostPort: 80 }] },
  ]);
  const missing = arns[0]!.replace(/.{32}$/, "0".repeat(32));
  const start = () =>
    tasks.ecs.send(
      new StartTaskCommand({
        cluster: "c",
        taskDefinition,
        containerInstances: [arns[2]!, missing],
      }),
    );
  const { tasks: made = [], failures } = await start();
  expect(made).toMatchObject([{ containerInstanceArn: arns[2], launchType: "EC2" }]);
  expect(failures).toEqual([{ arn: missing, reason: "MISSING" }]);
  await eventually(async () => {
    const { tasks: [task] = [] } = await tasks.ecs.send(
      new DescribeTasksCommand({ cluster: "c", tasks: [made[0]!.taskArn!] }),
    );
    expect(task).toMatchObject({ lastStatus: "STOPPED", stopCode: "TaskFailedToStart" });
  });
});

test("instances are listed by a filter and by their status, and take no tasks while they drain", async () => {
  const list = async (more: object) =>
    (await tasks.ecs.send(new ListContainerInstancesCommand({ cluster: "c", ...more })))
      .containerInstanceArns;
  expect(await list({ filter: "attribute:stack == s2" })).toEqual([arns[2]]);
  const change = (status: "ACTIVE" | "DRAINING") =>
    tasks.ecs.send(
      new UpdateContainerInstancesStateCommand({
        cluster: "c",
        containerInstances: [arns[2]!],
        status,
      }),
    );
  await change("DRAINING");
  expect(await list({ status: "DRAINING" })).toEqual([arns[2]]);
  const { on } = await run({ count: 4 });
  expect(on).not.toContain(arns[2]);
  await change("ACTIVE");
  await free();
});

test("attributes are put, listed and taken away; those of the agent are not", async () => {
  const attribute = { name: "owner", value: "me", targetId: arns[0]! };
  const ask = { cluster: "c", attributes: [attribute] };
  await tasks.ecs.send(new PutAttributesCommand(ask));
  const listed = () =>
    tasks.ecs.send(
      new ListAttributesCommand({
        cluster: "c",
        targetType: "container-instance",
        attributeName: "owner",
      }),
    );
  expect((await listed()).attributes).toEqual([attribute]);
  await tasks.ecs.send(new DeleteAttributesCommand(ask));
  expect((await listed()).attributes).toEqual([]);
  const put = (...attributes: object[]) =>
    tasks.ecs.send(
      new PutAttributesCommand({
        cluster: "c",
        attributes: attributes.map((more) => ({ ...attribute, ...more })),
      }),
    );
  for (const more of [{ name: "ecs.os-type" }, { name: "an owner" }, { value: " me" }])
    await expect(put(more)).rejects.toMatchObject({ name: "InvalidParameterException" });
  const named = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `owner-${from + index}` }));
  await expect(put(...named(0, 11))).rejects.toMatchObject({ name: "InvalidParameterException" });
  // One comes from its user data.
  await put(...named(0, 9));
  await expect(put(...named(9, 1))).rejects.toMatchObject({
    name: "AttributeLimitExceededException",
  });
  await put({ name: "owner-0", value: "you" });
});

test("an instance that is kept from ending stays; one that ends is forgotten, and so is one that is deregistered", async () => {
  const { InstanceId = "" } = await cloud.launch();
  const { containerInstanceArn = "" } = await cloud.joined(InstanceId);
  const keep = (Value: boolean) =>
    tasks.ec2.send(
      new ModifyInstanceAttributeCommand({ InstanceId, DisableApiTermination: { Value } }),
    );
  const end = () => tasks.ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  await keep(true);
  await expect(end()).rejects.toMatchObject({ name: "OperationNotPermitted" });
  await keep(false);
  await end();
  await eventually(async () => {
    const { containerInstances, failures } = await tasks.ecs.send(
      new DescribeContainerInstancesCommand({
        cluster: "c",
        containerInstances: [containerInstanceArn],
      }),
    );
    expect(containerInstances).toEqual([]);
    expect(failures).toEqual([{ arn: containerInstanceArn, reason: "MISSING" }]);
  });
  const { containerInstance } = await tasks.ecs.send(
    new DeregisterContainerInstanceCommand({ cluster: "c", containerInstance: arns[0]! }),
  );
  expect(containerInstance).toMatchObject({ status: "INACTIVE", agentConnected: false });
  arns = arns.slice(1);
});

test("an agent says on the console why it cannot register, and joins a cluster that is made later", async () => {
  const { InstanceId = "" } = await cloud.launch({ UserData: joining("later") });
  const said = async () => {
    const { Output = "" } = await tasks.ec2.send(new GetConsoleOutputCommand({ InstanceId }));
    return Buffer.from(Output, "base64").toString();
  };
  await eventually(async () =>
    expect(await said()).toContain("ClusterNotFoundException: Cluster not found: later"),
  );
  await tasks.ecs.send(new CreateClusterCommand({ clusterName: "later" }));
  await eventually(async () => {
    const { containerInstanceArns } = await tasks.ecs.send(
      new ListContainerInstancesCommand({ cluster: "later" }),
    );
    expect(containerInstanceArns).toHaveLength(1);
    expect(await said()).toBe("");
  });
});

test("a launch that breaks a rule is refused in EC2's words", async () => {
  const launch = (more: object) =>
    tasks.ec2.send(
      new RunInstancesCommand({ ImageId: cloud.imageId, MinCount: 1, MaxCount: 1, ...more }),
    );
  await expect(launch({ ImageId: "ami-0123456789abcdef0" })).rejects.toMatchObject({
    name: "InvalidAMIID.NotFound",
  });
  await expect(
    launch({ InstanceType: "t3.micro", IamInstanceProfile: { Name: "none" } }),
  ).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message:
      "Value (none) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
  });
  await expect(launch({ InstanceType: "t4g.micro" })).rejects.toMatchObject({
    message: expect.stringContaining("does not match the architecture"),
  });
});
