import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchPort } from "../testing/fetch-port.ts";
import { exchangeRaw } from "../testing/raw-client.ts";
import {
  balancer,
  forwardAll,
  group,
  HOME,
  listener,
  ServedPlane,
  target,
} from "../testing/served-plane.ts";

let served: ServedPlane;
beforeEach(() => {
  served = new ServedPlane();
});
afterEach(() => {
  served.stop();
  expect(served.faults).toEqual([]);
});

/** What a target saw of a request, as it answers it. */
async function echo() {
  return served.program((request, response) => {
    response.end(JSON.stringify({ url: request.url, headers: request.headers }));
  });
}

type Echo = { url: string; headers: Record<string, string> };

test.for([
  ["append", "198.51.100.7", `198.51.100.7, ${HOME}`],
  ["append", undefined, HOME],
  ["preserve", "198.51.100.7", "198.51.100.7"],
  ["preserve", undefined, undefined],
  ["remove", "198.51.100.7", undefined],
] as const)("X-Forwarded-For in mode %s: %s becomes %s", async ([forwardedFor, sent, seen]) => {
  const { route } = await echo();
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])], { forwardedFor })],
    [group([target(route)])],
  );
  const port = await served.listen(80);
  const answer = await fetchPort(port, sent ? { headers: { "X-Forwarded-For": sent } } : {});
  expect((JSON.parse(answer.body) as Echo).headers["x-forwarded-for"]).toBe(seen);
});

test.for([
  [80, "shop.example:80", "shop.example"],
  [80, "shop.example", "shop.example"],
  [8080, "shop.example", "shop.example:8080"],
  [8080, "shop.example:18080", "shop.example:8080"],
  [8080, "[::1]:18080", "[::1]:8080"],
] as const)("on port %i the target sees Host %s as %s", async ([listenerPort, sent, seen]) => {
  const { route } = await echo();
  served.configure(
    [balancer("web", [listener(listenerPort, [forwardAll()])])],
    [group([target(route)])],
  );
  const answer = await fetchPort(await served.listen(listenerPort), { headers: { Host: sent } });
  expect((JSON.parse(answer.body) as Echo).headers["host"]).toBe(seen);
});

test("the client's Host is kept where the load balancer preserves it", async () => {
  const { route } = await echo();
  served.configure(
    [balancer("web", [listener(8080, [forwardAll()])], { preserveHost: true })],
    [group([target(route)])],
  );
  const answer = await fetchPort(await served.listen(8080), { headers: { Host: "a.example:99" } });
  expect((JSON.parse(answer.body) as Echo).headers["host"]).toBe("a.example:99");
});

test("the trace id of the client stays, with the load balancer's own before it", async () => {
  const { route } = await echo();
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  const root = "Root=1-67891233-abcdef012345678912345678;CalledFrom=app";
  const answer = await fetchPort(await served.listen(80), { headers: { "X-Amzn-Trace-Id": root } });
  const seen = (JSON.parse(answer.body) as Echo).headers["x-amzn-trace-id"];
  expect(seen).toMatch(
    /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678;CalledFrom=app$/,
  );
});

test("headers of the connection stay on it, both ways", async () => {
  const { route } = await served.program((request, response) => {
    response.setHeader("Keep-Alive", "timeout=9");
    response.setHeader("X-Own", "yes");
    response.end(JSON.stringify(request.headers));
  });
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  const answer = await fetchPort(await served.listen(80), {
    headers: { Connection: "close, X-Secret", "X-Secret": "1", TE: "trailers", "X-Kept": "2" },
  });
  const seen = JSON.parse(answer.body) as Record<string, string>;
  expect(seen["x-kept"]).toBe("2");
  expect(seen).not.toHaveProperty("x-secret");
  expect(seen).not.toHaveProperty("te");
  expect(answer.headers["x-own"]).toBe("yes");
  expect(answer.headers).not.toHaveProperty("keep-alive");
  expect(answer.headers.connection).toBe("close");
});

test("bodies of any size pass in both directions, with a length and in chunks", async () => {
  const { route } = await served.program((request, response) => {
    if (request.url === "/length") response.setHeader("Content-Length", request.headers["x-size"]!);
    request.pipe(response);
  });
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  const port = await served.listen(80);
  const body = Buffer.alloc(5_000_000, "0123456789");
  for (const path of ["/length", "/chunks"])
    for (const [name, value] of [
      ["Content-Length", String(body.length)],
      ["Transfer-Encoding", "chunked"],
    ] as const) {
      const headers = { [name]: value, "X-Size": String(body.length) };
      const answer = await fetchPort(port, { path, method: "POST", headers, body });
      expect(answer.status).toBe(200);
      expect(answer.body).toBe(body.toString());
    }
});

test("HEAD, 204 and 304 have no body, and the connection goes on", async () => {
  const { route } = await served.program((request, response) => {
    const status = Number(request.url!.slice(1));
    response.writeHead(status, status === 200 ? { "Content-Length": "5" } : {});
    response.end(status === 200 && request.method === "GET" ? "hello" : undefined);
  });
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  const port = await served.listen(80);
  expect(await fetchPort(port, { path: "/200", method: "HEAD" })).toMatchObject({
    status: 200,
    body: "",
  });
  expect(await fetchPort(port, { path: "/204" })).toMatchObject({ status: 204, body: "" });
  expect(await fetchPort(port, { path: "/304" })).toMatchObject({ status: 304, body: "" });
  expect(await fetchPort(port, { path: "/200" })).toMatchObject({ status: 200, body: "hello" });
});

test("connections to a target are used again", async () => {
  const ports = new Set<number>();
  const { route } = await served.program((request, response) => {
    ports.add(request.socket.remotePort!);
    response.end("ok");
  });
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  const port = await served.listen(80);
  for (let count = 0; count < 5; count++) await fetchPort(port);
  expect(ports.size).toBe(1);
});

test("a target that sends until it closes is passed on in full", async () => {
  const { route } = await served.rawProgram((socket) => {
    socket.once("data", () => socket.end("HTTP/1.0 200 Fine\r\nX-A: b\r\n\r\nuntil the end"));
  });
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  const answer = await fetchPort(await served.listen(80));
  expect(answer).toMatchObject({ status: 200, body: "until the end" });
});

test.for([
  ["nothing at all", ""],
  ["something else", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
  [
    "a length and chunks",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["a broken header", "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n"],
  ["a head of 40 K", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(40_000)}\r\n\r\n`],
  ["an upgrade nobody asked for", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
] as const)("a target that answers %s makes a 502 as AWS words it", async ([, bytes]) => {
  const { route } = await served.rawProgram((socket) => {
    socket.once("data", () => socket.end(bytes));
  });
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  const answer = await fetchPort(await served.listen(80));
  expect(answer.status).toBe(502);
  expect(answer.headers).toMatchObject({
    server: "awselb/2.0",
    "content-type": "text/html",
    "content-length": "122",
  });
  expect(answer.body).toBe(
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n",
  );
});

test("a target that breaks off within its answer breaks the client's connection", async () => {
  const { route } = await served.rawProgram((socket) => {
    socket.once("data", () =>
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"),
    );
  });
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  await expect(fetchPort(await served.listen(80))).rejects.toMatchObject({ code: "ECONNRESET" });
});

test("a group without targets makes a 503", async () => {
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([])]);
  const answer = await fetchPort(await served.listen(80));
  expect(answer.status).toBe(503);
  expect(answer.headers["content-length"]).toBe("162");
  expect(answer.body).toContain("<h1>503 Service Temporarily Unavailable</h1>");
});

test("a target whose packets go nowhere makes a 504 after ten seconds", async () => {
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target("silent")])]);
  let answered = false;
  const pending = fetchPort(await served.listen(80)).finally(() => (answered = true));
  // The request has been dispatched when its timer is set: advance until then, and no further than needed.
  while (!answered) {
    await served.clock.advance(1000);
    if (served.clock.now() > Date.now() + 600_000) break;
  }
  const answer = await pending;
  expect(answer.status).toBe(504);
  expect(answer.headers["content-length"]).toBe("132");
  expect(answer.body).toContain("<h1>504 Gateway Time-out</h1>");
});

test("a target that accepts and says nothing makes a 504 after the idle time-out", async () => {
  const { route } = await served.rawProgram(() => {});
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])], { idleTimeoutMs: 100 })],
    [group([target(route)])],
  );
  expect((await fetchPort(await served.listen(80))).status).toBe(504);
});

test("a port on which nothing listens makes a 502, and another target is asked first", async () => {
  const { route } = await echo();
  const { route: gone, server } = await echo();
  await new Promise((resolve) => server.close(resolve));
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(gone)])]);
  const port = await served.listen(80);
  expect((await fetchPort(port)).status).toBe(502);
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])])],
    [group([target(gone), target(route), target("refused")])],
  );
  for (let count = 0; count < 6; count++)
    expect((await fetchPort(port, { method: "POST", body: "x" })).status).toBe(200);
});

test("an idle connection that the target has closed costs no request", async () => {
  const { route, server } = await served.rawProgram((socket) => {
    socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  });
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  const port = await served.listen(80);
  // The first connection answers once and breaks when it is used again, as a target that closes idle connections does.
  let connections = 0;
  server.removeAllListeners("connection");
  server.on("connection", (socket) => {
    connections++;
    let requests = 0;
    socket.on("data", () => {
      if (++requests > 1) return socket.destroy();
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  for (let count = 0; count < 4; count++) expect((await fetchPort(port)).body).toBe("ok");
  expect(connections).toBe(4);
  const post = await fetchPort(port, { method: "POST", body: "x" });
  expect(post.status).toBe(502);
});

test.for([
  ["TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "405 Not Allowed"],
  ["no HTTP", "HELLO\r\n\r\n", "400 Bad Request"],
  [
    "an unknown encoding",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: what\r\n\r\n",
    "501 Not Implemented",
  ],
  [
    "31 forwarding addresses",
    `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: ${Array(31).fill("10.0.0.1").join(",")}\r\n\r\n`,
    "463 ",
  ],
  [
    "65 K of headers",
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(66_000)}\r\n\r\n`,
    "400 Bad Request",
  ],
] as const)("%s is refused", async ([, text, status]) => {
  const { route } = await echo();
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  const answer = await exchangeRaw(await served.listen(80), text);
  expect(answer).toMatch(/^HTTP\/1\.1 /);
  expect(answer.split("\r\n")[0]).toBe(`HTTP/1.1 ${status}`);
  expect(answer).toContain("Server: awselb/2.0\r\n");
});

test("what the listener sets goes on every answer, and the server's name can be left out", async () => {
  const { route } = await served.program((_request, response) => {
    response.setHeader("Server", "mine");
    response.setHeader("X-Frame-Options", "ALLOWALL");
    response.end();
  });
  const responseHeaders = [["X-Frame-Options", "DENY"]] as const;
  served.configure(
    [balancer("web", [listener(80, [forwardAll()], { serverHeader: false, responseHeaders })])],
    [group([target(route)])],
  );
  const answer = await fetchPort(await served.listen(80));
  expect(answer.headers["x-frame-options"]).toBe("DENY");
  expect(answer.headers).not.toHaveProperty("server");
});

test("header names that are not plain are dropped where the load balancer says so", async () => {
  const { route } = await echo();
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])], { dropInvalidHeaders: true })],
    [group([target(route)])],
  );
  const answer = await fetchPort(await served.listen(80), {
    headers: { x_odd: "1", "x-even": "2" },
  });
  const { headers } = JSON.parse(answer.body) as Echo;
  expect(headers).not.toHaveProperty("x_odd");
  expect(headers["x-even"]).toBe("2");
});
