import { join } from "node:path";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { makeStandIns, serveStandIns, type StandInRegistry } from "@workbook/stand-in-images";
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
  /** Why its packages cannot be had here, where that is so: they are no part of what CI installs. */
  let postgresMissing: string | undefined;

  beforeAll(async () => {
    postgresMissing = await makeStandIns(LAYOUT, ["docker.io/library/postgres:17"]).then(
      () => undefined,
      (error: Error) => error.message,
    );
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

  /** A server's group, the network of its clients, and the rule that lets them in. */
  const letIn = async (name: string, port: number) => {
    const { ec2, subnets } = cloud.cloud;
    const make = async (GroupName: string) =>
      (await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: name }))).GroupId!;
    const [server, client] = [await make(name), await make(`${name}-clients`)];
    const networkOf = (group: string) => ({
      awsvpcConfiguration: { subnets, securityGroups: [group], assignPublicIp: "ENABLED" as const },
    });
    const rule = {
      GroupId: server,
      IpPermissions: [
        {
          IpProtocol: "tcp",
          FromPort: port,
          ToPort: port,
          UserIdGroupPairs: [{ GroupId: client }],
        },
      ],
    };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand(rule));
    return {
      server: networkOf(server),
      client: networkOf(client),
      close: () => ec2.send(new RevokeSecurityGroupIngressCommand(rule)),
    };
  };

  /** Runs a server, and a client before and after its group closes; the client says `no` each time that it is not answered. */
  const tryServer = async (
    name: string,
    port: number,
    server: ContainerDefinition,
    client: ContainerDefinition & { ask: (address: string) => string },
  ) => {
    const { ask, ...settings } = client;
    const group = await letIn(name, port);
    const task = await cloud.run(name, [cloud.container(name, server)], { network: group.server });
    const at = addressOf(await cloud.until(task, { lastStatus: "RUNNING" }));
    const answers = async (times: number) => {
      const script = `for i in $(seq ${times}); do ${ask(at)} && break; echo no; sleep 0.2; done`;
      return (await cloud.ask(`${name}-client`, script, settings, { network: group.client })).lines;
    };
    const open = await answers(60);
    await group.close();
    const closed = await answers(1);
    return { open, closed, task: await cloud.end(task) };
  };

  test("redis answers a task whose group it lets in, and none once it does not", async () => {
    const { open, closed } = await tryServer(
      "redis",
      6379,
      { image: "redis:7" },
      {
        image: "public.ecr.aws/docker/library/redis:7",
        ask: (at) => `timeout 2 redis-cli -h ${at} set greeting hello`,
      },
    );
    expect(open).toContain("OK");
    expect(closed).toEqual(["no"]);
  });

  test("postgres answers a task whose group it lets in, by its password, and none once it does not", async (context) => {
    context.skip(postgresMissing !== undefined, postgresMissing);
    const image = "postgres:17";
    const environment = [{ name: "POSTGRES_PASSWORD", value: "s3cret" }];
    const { open, closed, task } = await tryServer(
      "postgres",
      5432,
      { image, environment },
      {
        image,
        environment: [
          { name: "PGPASSWORD", value: "s3cret" },
          { name: "PGCONNECT_TIMEOUT", value: "2" },
        ],
        ask: (at) =>
          `psql -h ${at} -U postgres -Atc "select session_user || ' of ' || current_database()" 2>/dev/null`,
      },
    );
    expect(open.at(-1)).toBe("postgres of postgres");
    expect(closed).toEqual(["no"]);
    expect(task.exitCodes).toEqual({ postgres: 0 });
  });
});
