import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import { expect, onTestFinished, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../../scripts/verify-alb.sh", import.meta.url));
const NODE = "Hello World from node.js";
const GO = "Hello World from Golang";

/** A service whose tasks take turns, as behind a load balancer; `port` is its listener. */
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function service(
  greeting: string,
  tasks: readonly string[],
  hosts: string[] = [],
): RequestListener {
  let turn = 0;
  return (request, response) => {
    hosts.push(request.headers.host ?? "");
    turn += 1;
    const id = tasks[turn % tasks.length];
    if (request.url === "/") response.end(greeting);
    else if (request.url === "/info")
      response.end(JSON.stringify({ taskArn: `arn:aws:ecs:r:1:task/c/${id}` }));
    else response.writeHead(404).end();
  };
}

function verify(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { promise, resolve } = Promise.withResolvers<{
    code: number;
    stdout: string;
    stderr: string;
  }>();
  const env = {
    ...process.env,
    http_proxy: "http://127.0.0.1:9",
    HTTP_PROXY: "http://127.0.0.1:9",
  };
  execFile("sh", [SCRIPT, ...args], { env }, (error, stdout, stderr) => {
    resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
  });
  return promise;
}

test("passes when both greet and several tasks of each answer", async () => {
  const node = await serve(service(NODE, ["aaa", "bbb"]));
  const go = await serve(service(`${GO}\n`, ["ccc", "ddd"]));
  const { code, stdout } = await verify(`http://127.0.0.1:${node}/`, `http://127.0.0.1:${go}`);
  expect(stdout.split("\n").filter((line) => line.startsWith("✓"))).toHaveLength(4);
  expect(stdout).toMatch(/2 tasks answered \d+ requests: (ccc ddd|ddd ccc)/);
  expect(code).toBe(0);
});

test("waits for a service that is not ready yet", async () => {
  const ready = service(NODE, ["aaa", "bbb"]);
  let requests = 0;
  const node = await serve((request, response) => {
    requests += 1;
    if (requests === 1) response.writeHead(503).end("not yet");
    else ready(request, response);
  });
  const go = await serve(service(GO, ["ccc", "ddd"]));
  const { code } = await verify(`http://127.0.0.1:${node}/`, `http://127.0.0.1:${go}/`);
  expect(requests).toBeGreaterThan(1);
  expect(code).toBe(0);
});

test("fails, and says which, when the wrong app answers", async () => {
  const node = await serve(service(NODE, ["aaa", "bbb"]));
  const { code, stdout } = await verify(
    "--deadline",
    "1",
    `http://127.0.0.1:${node}/`,
    `http://127.0.0.1:${node}/`,
  );
  expect(stdout).toContain(`answers 200 "${NODE}"; expected 200 "${GO}" within 1 s`);
  expect(code).toBe(1);
});

test("fails when a greeting comes with another status", async () => {
  const node = await serve((_request, response) => void response.writeHead(404).end(NODE));
  const { code, stdout } = await verify(
    "--deadline",
    "1",
    `http://127.0.0.1:${node}/`,
    `http://127.0.0.1:${node}/`,
  );
  expect(stdout).toContain(`✗ http://127.0.0.1:${node}/ answers 404 "${NODE}"`);
  expect(code).toBe(1);
});

test("fails when nobody listens", async () => {
  const { code, stdout } = await verify(
    "--deadline",
    "1",
    "http://127.0.0.1:1/",
    "http://127.0.0.1:1/",
  );
  expect(stdout).toMatch(/✗ http:\/\/127\.0\.0\.1:1\/ does not answer: curl: \(7\)/);
  expect(code).toBe(1);
});

test("fails when one task answers every request", async () => {
  const node = await serve(service(NODE, ["aaa"]));
  const go = await serve(service(GO, ["ccc", "ddd"]));
  const { code, stdout } = await verify(
    "--deadline",
    "1",
    `http://127.0.0.1:${node}/`,
    `http://127.0.0.1:${go}/`,
  );
  expect(stdout).toMatch(/✗ .*\/info: 1 of 2 tasks answered/);
  expect(code).toBe(1);
});

test("sends the Host that --host names, with the port of the URL", async () => {
  const hosts: string[] = [];
  const node = await serve(service(NODE, ["aaa", "bbb"], hosts));
  const go = await serve(service(GO, ["ccc", "ddd"]));
  await verify("--host", "my-alb.example", `http://127.0.0.1:${node}/`, `http://127.0.0.1:${go}/`);
  expect(new Set(hosts)).toEqual(new Set([`my-alb.example:${node}`]));
});

test("reaches a name at the address that --resolve gives", async () => {
  const node = await serve(service(NODE, ["aaa", "bbb"]));
  const go = await serve(service(GO, ["ccc", "ddd"]));
  const name = "my-alb.ap-northeast-1.elb.localhost";
  const { code } = await verify(
    "--resolve",
    `${name}:${node}:127.0.0.1`,
    "--resolve",
    `${name}:${go}:127.0.0.1`,
    `http://${name}:${node}/`,
    `http://${name}:${go}/`,
  );
  expect(code).toBe(0);
});

test("names what is wrong with its arguments, and exits with 2", async () => {
  expect(await verify("http://127.0.0.1/")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("1 given"),
  });
  expect(await verify("--deadline", "soon", "http://a/", "http://b/")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--deadline wants a whole number above 0, not "soon"'),
  });
  expect(await verify("ftp://a/", "http://b/")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"ftp://a/"'),
  });
  expect(await verify("--what", "http://a/", "http://b/")).toMatchObject({ code: 2 });
});

test("explains itself with --help", async () => {
  const { code, stdout } = await verify("--help");
  expect(stdout).toContain("Usage: verify-alb.sh [options] NODE_URL GO_URL");
  expect(code).toBe(0);
});
