import { join } from "node:path";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { serveStandIns, type StandInRegistry } from "@workbook/stand-in-images";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { addressOf, ContainerCloud } from "./support/container-cloud.ts";

const closed = await probeRoom();
const NGINX = "public.ecr.aws/nginx/nginx:1.28";
/** Kept for the next time: making them takes some seconds. */
const LAYOUT = join(import.meta.dirname, "../../../.workbook/stand-ins");

describe.skipIf(closed)("images of public registries", () => {
  let registry: StandInRegistry;
  let cloud: ContainerCloud;

  beforeAll(async () => {
    registry = await serveStandIns(LAYOUT, [NGINX, "docker.io/library/redis:7"]);
    cloud = await ContainerCloud.of(NGINX, { registryMirrors: registry.mirrors });
  }, 180_000);
  afterAll(async () => {
    expect(cloud.cloud.test.errors).toEqual([]);
    await cloud.stop();
    await registry.close();
  });

  test("nginx serves its page to the container beside it, as it comes from its registry", async () => {
    const task = await cloud.run("page", [
      cloud.container("nginx", { essential: false }),
      cloud.script(
        "curl -sS --retry 50 --retry-connrefused --retry-delay 1 localhost | grep title",
      ),
    ]);
    const { lines } = await cloud.ended(task);
    expect(lines.join("\n")).toContain("<title>Welcome to nginx!</title>");
    // What nginx logs is what its container writes.
    expect(lines.join("\n")).toContain('"GET / HTTP/1.1" 200');
  });

  test("redis answers a task whose group it lets in, and none once it does not", async () => {
    const { ec2, subnets } = cloud.cloud;
    const make = async (name: string) =>
      (await ec2.send(new CreateSecurityGroupCommand({ GroupName: name, Description: name })))
        .GroupId!;
    const [server, client] = [await make("redis"), await make("redis-clients")];
    const networkOf = (group: string) => ({
      awsvpcConfiguration: { subnets, securityGroups: [group], assignPublicIp: "ENABLED" as const },
    });
    const rule = {
      GroupId: server,
      IpPermissions: [
        {
          IpProtocol: "tcp",
          FromPort: 6379,
          ToPort: 6379,
          UserIdGroupPairs: [{ GroupId: client }],
        },
      ],
    };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand(rule));
    const redis = await cloud.run("redis", [cloud.container("redis", { image: "redis:7" })], {
      network: networkOf(server),
    });
    const at = addressOf(await cloud.until(redis, { lastStatus: "RUNNING" }));
    const ask = async (family: string, times: number) =>
      (
        await cloud.ask(
          family,
          `for i in $(seq ${times}); do timeout 2 redis-cli -h ${at} set greeting hello && break; echo no; done`,
          { image: "public.ecr.aws/docker/library/redis:7" },
          { network: networkOf(client) },
        )
      ).lines;
    expect(await ask("set", 30)).toContain("OK");
    await ec2.send(new RevokeSecurityGroupIngressCommand(rule));
    expect(await ask("refused", 1)).toEqual(["no"]);
    await cloud.end(redis);
  });
});
