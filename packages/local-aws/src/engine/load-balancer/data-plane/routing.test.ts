import type { Server as HttpServer } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type {
  ActionConfiguration,
  ConditionConfiguration,
  RuleConfiguration,
} from "../configuration.ts";
import { fetchPort } from "../testing/fetch-port.ts";
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

const fixed = (body: string, status = 200): ActionConfiguration => ({
  type: "fixed-response",
  status,
  contentType: "text/plain",
  body,
});
const rule = (
  action: ActionConfiguration,
  ...conditions: ConditionConfiguration[]
): RuleConfiguration => ({
  arn: "rule",
  conditions,
  action,
});
const named = async (name: string) => {
  const { route } = await served.program((_request, response) => response.end(name));
  return target(route, { key: name });
};

type Request = { path?: string; method?: string; headers?: Record<string, string> };
const CASES: readonly [string, ConditionConfiguration, Request, Request][] = [
  [
    "a path",
    { field: "path-pattern", values: ["/img/*.png"] },
    { path: "/img/a/b.png?x" },
    { path: "/IMG/a.png" },
  ],
  [
    "one character",
    { field: "path-pattern", values: ["/v?/"] },
    { path: "/v1/" },
    { path: "/v10/" },
  ],
  [
    "one of several paths",
    { field: "path-pattern", values: ["/a", "/b"] },
    { path: "/b" },
    { path: "/c" },
  ],
  ["dots as dots", { field: "path-pattern", values: ["/a.b"] }, { path: "/a.b" }, { path: "/aXb" }],
  [
    "a host",
    { field: "host-header", values: ["*.Example.com"] },
    { headers: { Host: "WWW.example.COM:81" } },
    { headers: { Host: "example.com" } },
  ],
  [
    "a method",
    { field: "http-request-method", values: ["PUT"] },
    { method: "PUT" },
    { method: "POST" },
  ],
  [
    "a header",
    { field: "http-header", name: "X-Version", values: ["V2*"] },
    { headers: { "x-version": "v2.1" } },
    { headers: { "x-version": "v1" } },
  ],
  [
    "a query",
    { field: "query-string", values: [{ key: "Version", value: "1*" }] },
    { path: "/?a=b&version=10" },
    { path: "/?version=2" },
  ],
  [
    "a query's value alone",
    { field: "query-string", values: [{ value: "beta" }] },
    { path: "/?x=BETA" },
    { path: "/?beta=x" },
  ],
  [
    "an asterisk itself",
    { field: "query-string", values: [{ value: String.raw`\*` }] },
    { path: "/?x=*" },
    { path: "/?x=y" },
  ],
];

test.for(CASES)(
  "a rule on %s takes what matches and nothing else",
  async ([, condition, hit, miss]) => {
    const rules = [rule(fixed("rule"), condition), rule(fixed("default"))];
    served.configure([balancer("web", [listener(80, rules)])], []);
    const port = await served.listen(80);
    expect((await fetchPort(port, hit)).body).toBe("rule");
    expect((await fetchPort(port, miss)).body).toBe("default");
  },
);

test("a rule on source addresses sees the home address", async () => {
  const rules = (block: string) => [
    rule(fixed("in"), { field: "source-ip", values: ["10.0.0.0/8", block] }),
    rule(fixed("out")),
  ];
  const port = await served.listen(80);
  served.configure([balancer("web", [listener(80, rules(`${HOME}/32`))])], []);
  expect((await fetchPort(port)).body).toBe("in");
  served.configure([balancer("web", [listener(80, rules("127.0.0.0/8"))])], []);
  expect((await fetchPort(port)).body).toBe("out");
});

test("all conditions of a rule must hold, and the first rule that matches wins", async () => {
  const rules = [
    rule(
      fixed("both"),
      { field: "path-pattern", values: ["/a*"] },
      { field: "http-request-method", values: ["GET"] },
    ),
    rule(fixed("path"), { field: "path-pattern", values: ["/a*"] }),
    rule(fixed("default")),
  ];
  served.configure([balancer("web", [listener(80, rules)])], []);
  const port = await served.listen(80);
  expect((await fetchPort(port, { path: "/ab" })).body).toBe("both");
  expect((await fetchPort(port, { path: "/ab", method: "DELETE" })).body).toBe("path");
});

test("a fixed response is answered by the load balancer itself", async () => {
  const action = { ...fixed('{"ok":true}', 201), contentType: "application/json" } as const;
  served.configure([balancer("web", [listener(80, [rule(action)])])], []);
  const answer = await fetchPort(await served.listen(80), { method: "POST", body: "ignored" });
  expect(answer).toMatchObject({
    status: 201,
    body: '{"ok":true}',
    headers: { server: "awselb/2.0", "content-type": "application/json", "content-length": "11" },
  });
});

test("a redirect fills in what the request has", async () => {
  const redirect = {
    type: "redirect",
    protocol: "HTTPS",
    host: "new.#{host}",
    port: "8443",
    path: "/x/#{path}",
    query: "#{query}&from=#{port}",
    status: 301,
  } as const;
  served.configure([balancer("web", [listener(8080, [rule(redirect)])])], []);
  const answer = await fetchPort(await served.listen(8080), {
    path: "/a/b?c=d",
    headers: { Host: "Shop.example:8080" },
  });
  expect(answer.status).toBe(301);
  expect(answer.headers.location).toBe("https://new.shop.example:8443/x/a/b?c=d&from=8080");
  expect(answer.headers["content-length"]).toBe("134");
});

test("targets take turns", async () => {
  const targets = [await named("a"), await named("b"), await named("c")];
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group(targets)]);
  const port = await served.listen(80);
  const seen: string[] = [];
  for (let count = 0; count < 6; count++) seen.push((await fetchPort(port)).body);
  expect(seen.slice(0, 3).sort()).toEqual(["a", "b", "c"]);
  expect(seen.slice(3)).toEqual(seen.slice(0, 3));
});

test("only healthy targets are used, and all of them where none is healthy", async () => {
  const [a, b] = [await named("a"), await named("b")];
  const port = await served.listen(80);
  const bodies = async () => {
    const seen = new Set<string>();
    for (let count = 0; count < 4; count++) seen.add((await fetchPort(port)).body);
    return [...seen].sort();
  };
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])])],
    [group([a, { ...b, state: "unhealthy" }])],
  );
  expect(await bodies()).toEqual(["a"]);
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])])],
    [
      group([
        { ...a, state: "unhealthy" },
        { ...b, state: "unhealthy" },
      ]),
    ],
  );
  expect(await bodies()).toEqual(["a", "b"]);
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])])],
    [group([a, { ...b, state: "unhealthy" }], { minimumHealthy: 2 })],
  );
  expect(await bodies()).toEqual(["a", "b"]);
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])])],
    [group([{ ...a, state: "draining" }])],
  );
  expect((await fetchPort(port)).status).toBe(503);
});

test("the target with the fewest requests under way is asked where the algorithm says so", async () => {
  const waiting: (() => void)[] = [];
  const { route: slow } = await served.program((_request, response) =>
    waiting.push(() => response.end("slow")),
  );
  const quick = await named("quick");
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])])],
    [group([target(slow), quick], { algorithm: "least_outstanding_requests" })],
  );
  const port = await served.listen(80);
  const held: Promise<unknown>[] = [];
  while (waiting.length === 0) {
    const pending = fetchPort(port);
    held.push(pending);
    await Promise.race([pending, new Promise((resolve) => setImmediate(resolve))]);
  }
  for (let count = 0; count < 5; count++) expect((await fetchPort(port)).body).toBe("quick");
  for (const release of waiting) release();
  await Promise.all(held);
});

test("a target that has just become healthy is given less while it warms up", async () => {
  const [old, young] = [await named("old"), await named("young")];
  const port = await served.listen(80);
  const now = served.clock.now();
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])])],
    [group([old, { ...young, healthySince: now }], { slowStartMs: 60_000 })],
  );
  const share = async () => {
    let count = 0;
    for (let n = 0; n < 200; n++) if ((await fetchPort(port)).body === "young") count++;
    return count / 200;
  };
  expect(await share()).toBeLessThan(0.25);
  await served.clock.advance(60_000);
  expect(await share()).toBe(0.5);
});

test("a target warms up at the pace that the configuration gives, from its change on", async () => {
  const [old, young] = [await named("old"), await named("young")];
  const port = await served.listen(80);
  const configure = (acceleration: number) =>
    served.configure(
      [balancer("web", [listener(80, [forwardAll()])])],
      [group([old, { ...young, healthySince }], { slowStartMs: 60_000 })],
      acceleration,
    );
  const share = async () => {
    let count = 0;
    for (let n = 0; n < 200; n++) if ((await fetchPort(port)).body === "young") count++;
    return count / 200;
  };
  const healthySince = served.clock.now();
  configure(1);
  await served.clock.advance(5_000);
  // At once sixty times as much would have passed, were the time before the change counted like that after it.
  configure(60);
  expect(await share()).toBeLessThan(0.3);
  await served.clock.advance(1_000);
  expect(await share()).toBe(0.5);
});

test("weights share requests among groups, and weight 0 takes none", async () => {
  const groups = [];
  for (const arn of ["blue", "green", "none"]) groups.push(group([await named(arn)], { arn }));
  const action: ActionConfiguration = {
    type: "forward",
    targetGroups: [
      { arn: "blue", weight: 3 },
      { arn: "green", weight: 1 },
      { arn: "none", weight: 0 },
    ],
  };
  served.configure([balancer("web", [listener(80, [rule(action)])])], groups);
  const port = await served.listen(80);
  const counts: Record<string, number> = { blue: 0, green: 0, none: 0 };
  for (let count = 0; count < 400; count++) counts[(await fetchPort(port)).body]! += 1;
  expect(counts["none"]).toBe(0);
  // Within five standard deviations of 300.
  expect(counts["blue"]).toBeGreaterThan(256);
  expect(counts["blue"]).toBeLessThan(344);
});

const cookiesOf = (answer: { headers: { "set-cookie"?: string[] | undefined } }) =>
  (answer.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]!).join("; ");

test("a client sticks to its target by the load balancer's cookie, until it expires", async () => {
  const targets = [await named("a"), await named("b")];
  const sticky = group(targets, { stickiness: { type: "lb_cookie", seconds: 100 } });
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [sticky]);
  const port = await served.listen(80);
  const first = await fetchPort(port);
  const set = first.headers["set-cookie"]!;
  expect(set[0]).toMatch(/^AWSALB=[A-Za-z0-9+/=]+; Expires=[^;]+ GMT; Path=\/$/);
  expect(set[1]).toMatch(
    /^AWSALBCORS=[A-Za-z0-9+/=]+; Expires=[^;]+ GMT; Path=\/; SameSite=None; Secure$/,
  );
  const Cookie = `other=1; ${cookiesOf(first)}`;
  for (let count = 0; count < 5; count++)
    expect((await fetchPort(port, { headers: { Cookie } })).body).toBe(first.body);
  const other = first.body === "a" ? "b" : "a";
  const unhealthy = targets.map((t) =>
    t.key === first.body ? { ...t, state: "unhealthy" as const } : t,
  );
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])])],
    [{ ...sticky, targets: unhealthy }],
  );
  expect((await fetchPort(port, { headers: { Cookie } })).body).toBe(other);
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [sticky]);
  await served.clock.advance(101_000);
  const seen = new Set<string>();
  for (let count = 0; count < 4; count++)
    seen.add((await fetchPort(port, { headers: { Cookie } })).body);
  expect(seen.size).toBe(2);
  // Without a cookie, with its target out of use, and four times with one that has expired.
  const counts = served.plane.takeMetrics().find(({ arn }) => arn === "arn:web")!.counts;
  expect(counts).toMatchObject({ NonStickyRequestCount: 6 });
});

test("a client sticks by the application's cookie, once the application has set it", async () => {
  const programs = [];
  for (const name of ["a", "b"]) {
    const { route } = await served.program((request, response) => {
      if (request.url === "/login") response.setHeader("Set-Cookie", "SESSION=1; Path=/");
      response.end(name);
    });
    programs.push(target(route, { key: name }));
  }
  const stickiness = { type: "app_cookie", seconds: 100, cookie: "SESSION" } as const;
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])])],
    [group(programs, { stickiness })],
  );
  const port = await served.listen(80);
  expect((await fetchPort(port)).headers).not.toHaveProperty("set-cookie");
  const login = await fetchPort(port, { path: "/login" });
  expect(login.headers["set-cookie"]).toEqual([
    "SESSION=1; Path=/",
    expect.stringMatching(/^AWSALBAPP-0=/),
  ]);
  const Cookie = cookiesOf(login);
  for (let count = 0; count < 4; count++)
    expect((await fetchPort(port, { headers: { Cookie } })).body).toBe(login.body);
  const alone = Cookie.replace("SESSION=1; ", "");
  const seen = new Set<string>();
  for (let count = 0; count < 4; count++)
    seen.add((await fetchPort(port, { headers: { Cookie: alone } })).body);
  expect(seen.size).toBe(2);
});

test("a client sticks to one of several groups by a cookie of its own", async () => {
  const groups = [
    group([await named("blue")], { arn: "blue" }),
    group([await named("green")], { arn: "green" }),
  ];
  const action: ActionConfiguration = {
    type: "forward",
    targetGroups: [
      { arn: "blue", weight: 1 },
      { arn: "green", weight: 1 },
    ],
    stickySeconds: 100,
  };
  served.configure([balancer("web", [listener(80, [rule(action)])])], groups);
  const port = await served.listen(80);
  const first = await fetchPort(port);
  expect(first.headers["set-cookie"]).toEqual([
    expect.stringMatching(/^AWSALBTG=/),
    expect.stringMatching(/^AWSALBTGCORS=/),
  ]);
  const Cookie = cookiesOf(first);
  for (let count = 0; count < 10; count++)
    expect((await fetchPort(port, { headers: { Cookie } })).body).toBe(first.body);
});

test("load balancers on one port are told apart by Host or by their own address", async () => {
  const one = balancer("one", [listener(80, [rule(fixed("one"))])]);
  const two = balancer("two", [listener(80, [rule(fixed("two"))])]);
  served.configure([one, two], []);
  const shared = await served.listen(80);
  const own = await served.listen(80, "arn:two");
  expect((await fetchPort(shared, { headers: { Host: "ONE.elb.localhost:81" } })).body).toBe("one");
  expect((await fetchPort(shared, { headers: { Host: "two.elb.localhost" } })).body).toBe("two");
  expect((await fetchPort(own)).body).toBe("two");
  const unclear = await fetchPort(shared);
  expect(unclear.status).toBe(421);
  expect(unclear.body).toContain("Host: one.elb.localhost");
  expect(unclear.body).toContain("Host: two.elb.localhost");
  served.configure([one], []);
  expect((await fetchPort(shared)).body).toBe("one");
  expect((await fetchPort(shared, { headers: { Host: "two.elb.localhost" } })).status).toBe(421);
});

test("a refused client sees nothing, until it is let in", async () => {
  const shut = listener(80, [rule(fixed("in"))], { admits: false });
  served.configure([balancer("web", [shut])], []);
  const port = await served.listen(80);
  const socket = connect(port, "127.0.0.1");
  let received = "";
  let ended = false;
  socket.setEncoding("latin1").on("data", (chunk: string) => (received += chunk));
  socket.on("close", () => (ended = true));
  socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  // Another client is served meanwhile, so the first one's request has been seen by then.
  const open = await served.listen(81);
  served.configure([balancer("web", [shut, listener(81, [rule(fixed("other"))])])], []);
  expect((await fetchPort(open)).body).toBe("other");
  expect((await fetchPort(open)).body).toBe("other");
  expect(received).toBe("");
  expect(ended).toBe(false);
  served.configure([balancer("web", [{ ...shut, admits: true }])], []);
  await new Promise((resolve) => socket.on("close", resolve));
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nin$/);
});

test("a WebSocket handshake is passed on, and bytes after it go both ways", async () => {
  const { route, server } = await served.program((_request, response) => response.end());
  server.on("upgrade", (request, socket) => {
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    socket.write(`for ${request.headers["x-forwarded-for"]};`);
    socket.pipe(socket);
  });
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  const socket = connect(await served.listen(80), "127.0.0.1");
  let received = "";
  socket.setEncoding("latin1");
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      const look = (chunk: string) => {
        received += chunk;
        if (!received.endsWith(text)) return;
        socket.off("data", look);
        resolve();
      };
      socket.on("data", look);
    });
  const greeted = until(`for ${HOME};`);
  socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  await greeted;
  expect(received).toMatch(/^HTTP\/1\.1 101 /);
  const echoed = until("hello");
  socket.write("hello");
  await echoed;
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.end();
  await closed;
});

test("a WebSocket handshake without targets is a 503, and one that is refused a 502", async () => {
  const port = await served.listen(80);
  const status = (targets: Parameters<typeof group>[0]) => {
    served.configure([balancer("web", [listener(80, [forwardAll()])])], [group(targets)]);
    return new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      let text = "";
      socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
      socket.on("end", () => resolve(text.split("\r\n")[0]!));
      socket.write(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
      );
    });
  };
  expect(await status([])).toBe("HTTP/1.1 503 Service Temporarily Unavailable");
  expect(await status([target("refused")])).toBe("HTTP/1.1 502 Bad Gateway");
});

test("requests are counted by load balancer and by group", async () => {
  const { route } = await served.program((request, response) => {
    response.statusCode = request.url === "/missing" ? 404 : 200;
    response.end();
  });
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  const port = await served.listen(80);
  await fetchPort(port);
  await fetchPort(port, { path: "/missing" });
  const counts = Object.fromEntries(
    served.plane.takeMetrics().map(({ arn, counts: c }) => [arn, c]),
  );
  expect(counts["arn:web"]).toMatchObject({ RequestCount: 2 });
  expect(counts["group"]).toMatchObject({
    RequestCount: 2,
    HTTPCode_Target_2XX_Count: 1,
    HTTPCode_Target_4XX_Count: 1,
    TargetResponseTime: expect.any(Number),
  });
  expect(served.plane.takeMetrics()).toEqual([]);
});

test("answers in the load balancer's own name are counted by their class, and some by their code", async () => {
  const redirect = {
    type: "redirect",
    status: 301,
    protocol: "HTTP",
    host: "#{host}",
    port: "80",
    path: "/new",
    query: "#{query}",
  } as const;
  served.configure(
    [
      balancer("refusing", [listener(80, [forwardAll()])]),
      balancer("redirecting", [listener(8080, [rule(redirect)])]),
    ],
    [group([target("refused")])],
  );
  await fetchPort(await served.listen(80));
  await fetchPort(await served.listen(8080));
  const deltas = served.plane.takeMetrics();
  const counts = (arn: string) => deltas.find((delta) => delta.arn === arn)!.counts;
  expect(counts("arn:refusing")).toEqual({
    RequestCount: 1,
    HTTPCode_ELB_5XX_Count: 1,
    HTTPCode_ELB_502_Count: 1,
    NewConnectionCount: 1,
    ProcessedBytes: expect.any(Number),
  });
  expect(counts("arn:redirecting")).toEqual({
    RequestCount: 1,
    HTTP_Redirect_Count: 1,
    HTTPCode_ELB_3XX_Count: 1,
    NewConnectionCount: 1,
    ProcessedBytes: expect.any(Number),
  });
});

test("connections, their bytes and the rules looked at count for their load balancer", async () => {
  const { route, server } = await served.program((_request, response) => response.end("hello"));
  // By itself Node would close what is idle for some seconds.
  (server as HttpServer).keepAliveTimeout = 0;
  const path = (value: string) => rule(fixed(value), { field: "path-pattern", values: [value] });
  served.configure(
    [balancer("web", [listener(80, [path("/a"), path("/b"), forwardAll()])])],
    [group([target(route)])],
  );
  const port = await served.listen(80);
  await fetchPort(port, { path: "/b" });
  await fetchPort(port, { path: "/c" });
  const counts = () =>
    served.plane.takeMetrics(true).find(({ arn }) => arn === "arn:web")?.counts ?? {};
  // Two of the client's, and one to the target.
  const first = counts();
  expect(first).toMatchObject({
    NewConnectionCount: 3,
    ActiveConnectionCount: 3,
    RuleEvaluations: 4,
  });
  expect(first["ProcessedBytes"]).toBeGreaterThan(200);
  // The one to the target stays open, for the next request.
  await vi.waitFor(() => expect(counts()).toEqual({ ActiveConnectionCount: 1 }), {
    timeout: 60_000,
  });
});
