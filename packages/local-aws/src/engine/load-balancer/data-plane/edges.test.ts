import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ConditionConfiguration, Route, RuleConfiguration } from "../configuration.ts";
import { exchangeRaw, firstLine, RawClient } from "../testing/raw-client.ts";
import {
  balancer,
  forwardAll,
  group,
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

/** A target that answers every request at once, and all the bytes that reached it. */
async function recorder(answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") {
  const seen = { text: "", connections: 0 };
  const { route } = await served.rawProgram((socket) => {
    seen.connections += 1;
    socket.on("data", (bytes: Buffer) => {
      seen.text += bytes.toString("latin1");
      socket.write(answer, "latin1");
    });
  });
  return { route, seen };
}

async function listenTo(route: Route): Promise<number> {
  served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
  return served.listen(80);
}

const request = (headers: string, line = "GET / HTTP/1.1") =>
  `${line}\r\nHost: web.elb.localhost\r\n${headers}Connection: close\r\n\r\n`;

describe("what a client may not say", () => {
  test.for([
    ["two Hosts", request("Host: other.example\r\n"), 400],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
    [
      "a length beside chunks",
      request("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "POST / HTTP/1.1"),
      400,
    ],
    [
      "chunks beside a length",
      request("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "POST / HTTP/1.1"),
      400,
    ],
    [
      "chunks twice",
      request("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "POST / HTTP/1.1"),
      400,
    ],
    [
      "an encoding before chunks",
      request("Transfer-Encoding: gzip, chunked\r\n", "POST / HTTP/1.1"),
      501,
    ],
    ["an encoding of its own", request("Transfer-Encoding: what\r\n", "POST / HTTP/1.1"), 501],
    ["two lengths", request("Content-Length: 3\r\nContent-Length: 4\r\n", "POST / HTTP/1.1"), 400],
    ["a length in letters", request("Content-Length: abc\r\n", "POST / HTTP/1.1"), 400],
    ["a length with a sign", request("Content-Length: +3\r\n", "POST / HTTP/1.1"), 400],
    ["a folded header", request("X-A: one\r\n two\r\n"), 400],
    ["a name with a blank", request("X Y: 1\r\n"), 400],
    ["a blank before the colon", request("X-Y : 1\r\n"), 400],
    ["a control character", request("X-Y: a\x01b\r\n"), 400],
    ["line feeds alone", "GET / HTTP/1.1\nHost: web.elb.localhost\nConnection: close\n\n", 400],
    ["a header of 17 K", request(`X-Long: ${"x".repeat(17_500)}\r\n`), 400],
    ["a cookie of 20 K", request(`Cookie: a=${"x".repeat(20_000)}\r\n`), 400],
    ["a request line of 17 K", request("", `GET /${"p".repeat(17_500)} HTTP/1.1`), 414],
    [
      "72 K of headers",
      request(Array.from({ length: 6 }, (_, n) => `X-${n}: ${"x".repeat(12_000)}\r\n`).join("")),
      400,
    ],
    [
      "a handshake with a header of 17 K",
      `GET / HTTP/1.1\r\nHost: web.elb.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Long: ${"x".repeat(17_500)}\r\n\r\n`,
      400,
    ],
    ["HTTP/0.9", "GET /\r\n\r\n", 505],
    ["HTTP/3.0", request("", "GET / HTTP/3.0"), 505],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
    ["CONNECT", "CONNECT web.elb.localhost:80 HTTP/1.1\r\nHost: web.elb.localhost:80\r\n\r\n", 400],
  ] as const)("%s", async ([, text, status]) => {
    const { route, seen } = await recorder();
    const answer = await exchangeRaw(await listenTo(route), text);
    expect(firstLine(answer)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.match(/^HTTP\//gm)).toHaveLength(1);
    expect(seen.text).toBe("");
  });

  test.for([
    ["a header of 15 K", request(`X-Long: ${"x".repeat(15_000)}\r\n`)],
    ["a request line of 15 K", request("", `GET /${"p".repeat(15_000)} HTTP/1.1`)],
    [
      "60 K in five headers",
      request(Array.from({ length: 5 }, (_, n) => `X-${n}: ${"x".repeat(12_000)}\r\n`).join("")),
    ],
    ["3000 headers", request(Array.from({ length: 3000 }, (_, n) => `X-${n}: 1\r\n`).join(""))],
    ["HTTP/1.0 without a Host", "GET / HTTP/1.0\r\n\r\n"],
    ["a method that nobody knows", request("", "PROPFIND / HTTP/1.1")],
    ["the absolute form", request("", "GET http://web.elb.localhost/ HTTP/1.1")],
  ] as const)("but %s is passed on", async ([, text]) => {
    const { route, seen } = await recorder();
    expect(firstLine(await exchangeRaw(await listenTo(route), text))).toBe("HTTP/1.1 200 OK");
    if (text.includes("X-2999")) expect(seen.text).toContain("X-2999: 1\r\n");
  });
});

describe("a request's target in absolute form", () => {
  const rule = (condition: ConditionConfiguration): RuleConfiguration => ({
    arn: "no",
    conditions: [condition],
    action: { type: "fixed-response", status: 403, contentType: "text/plain", body: "no" },
  });

  test.for([
    ["path", { field: "path-pattern", values: ["/admin*"] }, "http://web.elb.localhost/admin?a=b"],
    ["host", { field: "host-header", values: ["inside.example"] }, "http://inside.example:80/"],
    ["host without a path", { field: "host-header", values: ["*.example"] }, "HTTP://a.example?b"],
  ] as const)("does not get around a rule for its %s", async ([, condition, uri]) => {
    const { route, seen } = await recorder();
    served.configure(
      [balancer("web", [listener(80, [rule(condition), forwardAll()])])],
      [group([target(route)])],
    );
    const port = await served.listen(80, "arn:web");
    const answer = await exchangeRaw(port, request("", `GET ${uri} HTTP/1.1`));
    expect([firstLine(answer), seen.text]).toEqual(["HTTP/1.1 403 Forbidden", ""]);
  });

  test("reaches the target as a path, with its own host", async () => {
    const { route, seen } = await recorder();
    served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
    const port = await served.listen(80, "arn:web");
    await exchangeRaw(port, request("", "GET http://other.example/a?b=c HTTP/1.1"));
    expect(seen.text).toMatch(/^GET \/a\?b=c HTTP\/1\.1\r\n/);
    expect(seen.text).toMatch(/^Host: other\.example\r$/m);
  });

  test.for(["http://me@web.elb.localhost/", "ftp://web.elb.localhost/", "http:///a", "*"])(
    "is refused where it is %s",
    async (uri) => {
      const { route, seen } = await recorder();
      const answer = await exchangeRaw(await listenTo(route), request("", `GET ${uri} HTTP/1.1`));
      expect([firstLine(answer), seen.text]).toEqual(["HTTP/1.1 400 Bad Request", ""]);
    },
  );
});

test.for(["content-length", "Transfer-Encoding", "host", "x-forwarded-for"])(
  "Connection cannot take %s away from a request",
  async (name) => {
    const { route, seen } = await recorder();
    const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    const framing =
      name.toLowerCase() === "transfer-encoding"
        ? {
            header: "Transfer-Encoding: chunked",
            body: `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
          }
        : { header: `Content-Length: ${smuggled.length}`, body: smuggled };
    const port = await listenTo(route);
    const head = `POST /a HTTP/1.1\r\nHost: web.elb.localhost\r\nConnection: x-other\r\nConnection: close, ${name}\r\n`;
    const answer = await exchangeRaw(
      port,
      `${head}X-Other: 1\r\n${framing.header}\r\n\r\n${framing.body}`,
    );
    expect(firstLine(answer)).toBe("HTTP/1.1 200 OK");
    expect(seen.text).toContain(`${framing.header}\r\n`);
    expect(seen.text).toMatch(/^Host: web\.elb\.localhost\r$/m);
    expect(seen.text).not.toContain("X-Other");
  },
);

describe("a target's answer that makes no sense is a 502, and nobody else's trouble", () => {
  test.for([
    ["a name with a blank", "HTTP/1.1 200 OK\r\nX My: 1\r\nContent-Length: 2\r\n\r\nok"],
    ["a control character", "HTTP/1.1 200 OK\r\nX-C: a\x01b\r\nContent-Length: 2\r\n\r\nok"],
    ["a null", "HTTP/1.1 200 OK\r\nX-C: a\0b\r\nContent-Length: 2\r\n\r\nok"],
    ["line feeds alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"],
    [
      "a line feed within a header",
      "HTTP/1.1 200 OK\r\nX-A: one\nX-B: two\r\nContent-Length: 2\r\n\r\nok",
    ],
    [
      "a carriage return within a header",
      "HTTP/1.1 200 OK\r\nX-A: one\rtwo\r\nContent-Length: 2\r\n\r\nok",
    ],
    ["a folded header", "HTTP/1.1 200 OK\r\nX-A: one\r\n two\r\nContent-Length: 2\r\n\r\nok"],
    ["a reason with a control character", "HTTP/1.1 200 O\x02K\r\nContent-Length: 2\r\n\r\nok"],
    ["an empty name", "HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 2\r\n\r\nok"],
    [
      "an upgrade that nobody asked for",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ],
    [
      "a chunk's size that is none",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
    ],
    ["a head that never ends", `HTTP/1.1 200 OK\r\n${"X-A: b\r\n".repeat(5000)}`],
  ] as const)("%s", async ([, bytes]) => {
    const { route } = await recorder(bytes);
    const answer = await exchangeRaw(await listenTo(route), request(""));
    expect(firstLine(answer)).toBe("HTTP/1.1 502 Bad Gateway");
  });
});

test("what came of an answer before it broke off is passed on", async () => {
  const { route } = await recorder(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX Y: 1\r\n\r\n",
  );
  const answer = await exchangeRaw(await listenTo(route), request(""));
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toMatch(/\r\n2\r\nok\r\n$/);
});

test("a head is passed on before the first byte of its body comes", async () => {
  const { route } = await served.rawProgram((socket) => {
    socket.on("data", () => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    });
  });
  const client = new RawClient(await listenTo(route)).send(request(""));
  expect(await client.sees("\r\n\r\n")).toContain("Content-Type: text/event-stream\r\n");
});

test("a connection whose last piece was too much at once carries the next request", async () => {
  const body = "x".repeat(65_400);
  const { route, seen } = await recorder(
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  );
  const port = await listenTo(route);
  for (let count = 0; count < 3; count++)
    expect(await exchangeRaw(port, request(""))).toContain(body);
  expect(seen.connections).toBe(1);
});

test("trailers pass in both directions", async () => {
  const { route } = await served.program((incoming, response) => {
    response.writeHead(200, { Trailer: "X-Sum" });
    incoming.resume().on("end", () => {
      response.write(`sum ${incoming.trailers["x-sum"]} of ${incoming.headers["trailer"]}`);
      response.addTrailers({ "X-Sum": "answered" });
      response.end();
    });
  });
  const port = await listenTo(route);
  const answer = await exchangeRaw(
    port,
    `POST / HTTP/1.1\r\nHost: web.elb.localhost\r\nConnection: close\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: asked\r\n\r\n`,
  );
  expect(answer).toContain("sum asked of X-Sum");
  expect(answer).toMatch(/\r\n0\r\nX-Sum: answered\r\n\r\n$/);
});

describe("a handshake", () => {
  const handshake = (headers = "") =>
    `GET /chat HTTP/1.1\r\nHost: web.elb.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`;

  test("whose answer is not 101 is an answered request, and no tunnel", async () => {
    const { route, seen } = await recorder();
    const client = new RawClient(await listenTo(route)).send(handshake());
    await client.sees("\r\n\r\nok");
    client.send("GET /forbidden HTTP/1.1\r\nHost: web.elb.localhost\r\n\r\n");
    expect((await client.ended()).match(/^HTTP\//gm)).toHaveLength(1);
    expect(seen.text).not.toContain("/forbidden");
  });

  test("whose answer is not 101 leaves its target's connection to nobody", async () => {
    const { route, seen } = await recorder();
    const port = await listenTo(route);
    await new RawClient(port).send(handshake()).sees("\r\n\r\nok");
    await exchangeRaw(port, request(""));
    expect(seen.connections).toBe(2);
  });

  test("that is accepted opens a tunnel, early bytes included", async () => {
    const { route } = await served.rawProgram((socket) => {
      let text = "";
      socket.on("data", (bytes: Buffer) => {
        text += bytes.toString("latin1");
        if (text.includes("\r\n\r\n") && !text.includes("early"))
          socket.write(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\nX-Own: 1\r\n\r\nhello",
          );
        if (text.endsWith("early")) socket.end(" and you said early");
      });
    });
    const answer = await exchangeRaw(await listenTo(route), `${handshake()}early`);
    expect(firstLine(answer)).toBe("HTTP/1.1 101 Switching Protocols");
    expect(answer).toMatch(/^X-Own: 1\r$/m);
    expect(answer).toMatch(/^Upgrade: websocket\r$/m);
    expect(answer).toContain("\r\n\r\nhello and you said early");
  });

  test("meets rules, refusals and limits as any request does", async () => {
    const redirect = {
      type: "redirect",
      protocol: "HTTP",
      host: "#{host}",
      port: "81",
      path: "/#{path}",
      query: "",
      status: 301,
    } as const;
    const fixed = {
      type: "fixed-response",
      status: 403,
      contentType: "text/plain",
      body: "no",
    } as const;
    const rule = (path: string, action: typeof redirect | typeof fixed) => ({
      arn: path,
      conditions: [{ field: "path-pattern", values: [path] } as const],
      action,
    });
    const { route } = await recorder();
    served.configure(
      [
        balancer("web", [
          listener(80, [rule("/chat", redirect), rule("/no", fixed), forwardAll()]),
        ]),
      ],
      [group([target(route)])],
    );
    const port = await served.listen(80);
    expect(await exchangeRaw(port, handshake())).toMatch(
      /^Location: http:\/\/web\.elb\.localhost:81\/chat\r$/m,
    );
    expect(firstLine(await exchangeRaw(port, handshake().replace("/chat", "/no")))).toBe(
      "HTTP/1.1 403 Forbidden",
    );
    const forwarded = `X-Forwarded-For: ${Array(31).fill("10.0.0.1").join(",")}\r\n`;
    expect(firstLine(await exchangeRaw(port, handshake(forwarded)))).toBe("HTTP/1.1 463 ");
    expect(firstLine(await exchangeRaw(port, handshake("Content-Length: 3\r\n")))).toBe(
      "HTTP/1.1 400 Bad Request",
    );
  });

  test.for([
    ["without a target", "no target"],
    ["to a target in silence", "silent"],
    ["that is kept out", "held"],
  ] as const)("%s, broken off by its client, is nobody else's trouble", async ([, kind]) => {
    const { route } = await recorder();
    const targets = kind === "no target" ? [] : [target(kind === "silent" ? "silent" : route)];
    const admits = kind !== "held";
    served.configure(
      [balancer("web", [listener(80, [forwardAll()], { admits })])],
      [group(targets)],
    );
    const port = await served.listen(80);
    const client = new RawClient(port);
    await new Promise((resolve) => client.socket.once("connect", resolve));
    client.send(handshake());
    client.socket.resetAndDestroy();
    await client.ended();
    served.configure([balancer("web", [listener(80, [forwardAll()])])], [group([target(route)])]);
    expect(firstLine(await exchangeRaw(port, request("")))).toBe("HTTP/1.1 200 OK");
  });
});

test("an idle time-out that is changed holds for connections that stand already", async () => {
  let isSilent = false;
  const { route } = await served.program((_request, response) => {
    if (!isSilent) response.end("ok");
  });
  const port = await listenTo(route);
  expect(firstLine(await exchangeRaw(port, request("")))).toBe("HTTP/1.1 200 OK");
  isSilent = true;
  const listeners = [listener(80, [forwardAll()])];
  served.configure([balancer("web", listeners, { idleTimeoutMs: 50 })], [group([target(route)])]);
  expect(firstLine(await exchangeRaw(port, request("")))).toBe("HTTP/1.1 504 Gateway Time-out");
});

test("a target is idle when its last request has been answered", async () => {
  const waiting: (() => void)[] = [];
  const { route } = await served.program((_request, response) => {
    waiting.push(() => response.end("late"));
  });
  const port = await listenTo(route);
  const key = target(route).key;
  const client = new RawClient(port).send(request(""));
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  served.configure(
    [balancer("web", [listener(80, [forwardAll()])])],
    [group([target(route, { state: "draining" })])],
  );
  let idle = false;
  served.plane.whenIdle("group", key, () => (idle = true));
  expect(idle).toBe(false);
  waiting[0]!();
  expect(await client.ended()).toContain("late");
  expect(idle).toBe(true);
  let known = false;
  served.plane.whenIdle("group", "10.0.0.9:80", () => (known = true));
  expect(known).toBe(true);
});

describe("connections that say nothing", () => {
  test("a silent one is closed after the idle time-out, without a word", async () => {
    const { route } = await recorder();
    const client = new RawClient(await listenTo(route));
    await passTime(client);
    expect(await client.ended()).toBe("");
  });

  test("half a head is answered 408", async () => {
    const { route } = await recorder();
    const client = new RawClient(await listenTo(route)).send("GET / HTTP/1.1\r\nHost: web");
    await passTime(client);
    expect(firstLine(await client.ended())).toBe("HTTP/1.1 408 Request Timeout");
  });

  test("one that was answered is closed after the idle time-out", async () => {
    const { route } = await recorder();
    const client = new RawClient(await listenTo(route));
    client.send("GET / HTTP/1.1\r\nHost: web.elb.localhost\r\n\r\n");
    await client.sees("\r\n\r\nok");
    await passTime(client);
    expect((await client.ended()).match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  /** Lets time pass, as much as is needed for the connection to end. */
  async function passTime(client: RawClient): Promise<void> {
    let ended = false;
    void client.ended().then(() => (ended = true));
    for (let second = 0; !ended && second < 600; second++) await served.clock.advance(1000);
    expect(ended).toBe(true);
  }
});
