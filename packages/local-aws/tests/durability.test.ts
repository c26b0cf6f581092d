import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MAIN, SpawnedCloud } from "./support/spawned-cloud.ts";

let dir: string;
let servers: SpawnedCloud[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "durability-"));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.end("SIGKILL");
  rmSync(dir, { recursive: true });
});

async function start(): Promise<{ cloud: SpawnedCloud; ec2: EC2Client }> {
  const cloud = await SpawnedCloud.start(dir, "--tasks", "off");
  servers.push(cloud);
  return { cloud, ec2: new EC2Client(cloud.clientConfig) };
}

const vpcIds = async (ec2: EC2Client) =>
  (await ec2.send(new DescribeVpcsCommand({}))).Vpcs!.map(({ VpcId }) => VpcId);

test("kill -9 under load loses no acknowledged write and leaves no half of one", async () => {
  const { cloud, ec2 } = await start();
  const acknowledged: string[] = [];
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let count = 0; ; count++) {
      const { Vpc } = await ec2.send(
        new CreateVpcCommand({ CidrBlock: `10.${writer * 60 + (count % 60)}.0.0/16` }),
      );
      acknowledged.push(Vpc!.VpcId!);
      if (acknowledged.length === 60) void cloud.end("SIGKILL");
    }
  });
  await Promise.allSettled(writers);
  const again = await start();
  const known = await vpcIds(again.ec2);
  expect(acknowledged.length).toBeGreaterThanOrEqual(60);
  expect(acknowledged.filter((id) => !known.includes(id))).toEqual([]);
  // A VPC comes with its main route table, its default group and its network ACL, or not at all.
  const { RouteTables } = await again.ec2.send(new DescribeRouteTablesCommand({}));
  const { SecurityGroups } = await again.ec2.send(new DescribeSecurityGroupsCommand({}));
  expect(new Set(RouteTables!.map(({ VpcId }) => VpcId))).toEqual(new Set(known));
  expect(new Set(SecurityGroups!.map(({ VpcId }) => VpcId))).toEqual(new Set(known));
});

test("two servers do not share a data directory", async () => {
  await start();
  const args = [MAIN, "--port", "0", "--data", dir, "--tasks", "off"];
  const second = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  second.stderr!.setEncoding("utf8").on("data", (text: string) => (said += text));
  const [code] = (await once(second, "close")) as [number];
  expect([code, said]).toEqual([
    3,
    expect.stringContaining("is in use by the Local AWS with process id"),
  ]);
});

test("SIGTERM ends the server also where the disk holds it", async () => {
  const { cloud } = await start();
  const s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  const CreateBucketConfiguration = { LocationConstraint: "ap-northeast-1" } as const;
  await s3.send(new CreateBucketCommand({ Bucket: "held", CreateBucketConfiguration }));
  await s3.send(new PutObjectCommand({ Bucket: "held", Key: "k" }));
  s3.destroy();
  const { token } = JSON.parse(readFileSync(join(dir, "server.json"), "utf8")) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  const snapshot = `${cloud.endpoint}/_local/snapshots/held`;
  expect((await fetch(snapshot, { method: "PUT", headers })).status).toBe(200);
  const objects = join(dir, "snapshots/held/objects");
  const blob = join(objects, readdirSync(objects)[0]!);
  rmSync(blob);
  execFileSync("mkfifo", [blob]);
  const outcome = fetch(`${snapshot}/restore`, { method: "POST", headers }).then(
    () => "answered",
    () => "cut",
  );
  // A pipe can be opened for writing when somebody reads it; as long as it is open and nobody writes, the reader waits.
  let pipe = 0;
  const open = () => (pipe = openSync(blob, constants.O_WRONLY | constants.O_NONBLOCK));
  await expect.poll(open, { timeout: 60_000 }).toBeGreaterThan(0);
  await cloud.end("SIGTERM");
  expect(await outcome).toBe("cut");
  closeSync(pipe);
});
