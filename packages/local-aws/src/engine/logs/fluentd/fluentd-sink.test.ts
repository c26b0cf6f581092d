import { once } from "node:events";
import {
  createConnection,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { decodeMultiStream, encode } from "@msgpack/msgpack";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SystemClock } from "../../../clock/system-clock.ts";
import type { LoggedContainer } from "../log-sink.ts";
import { openFluentd } from "./open-fluentd.ts";

/** A receiver that can go away and come back at its port. */
class Receiver {
  readonly logs: string[] = [];
  readonly tags = new Set<string>();
  readonly records: Record<string, unknown>[] = [];
  /** Whether it reads what comes in. */
  isReading = true;
  port = 0;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  async open(): Promise<void> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      if (this.isReading) void this.#read(socket);
    });
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async #read(socket: Socket): Promise<void> {
    try {
      for await (const message of decodeMultiStream(socket)) {
        const [tag, , record, option] = message as [string, unknown, { log: string }, unknown];
        this.tags.add(tag);
        this.records.push(record);
        this.logs.push(record.log);
        const { chunk } = (option ?? {}) as { chunk?: string };
        if (chunk !== undefined) socket.write(encode({ ack: chunk }));
      }
    } catch {
      // The sender, or the test, has ended it.
    }
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server!.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

const container: LoggedContainer = {
  taskId: "0".repeat(32),
  name: "app",
  runtimeId: "0123456789abcdef".repeat(4),
  dockerName: "/ecs-web-3-app-aa",
  image: "app:1",
  imageId: `sha256:${"1".repeat(64)}`,
  labels: { team: "blue", "com.amazonaws.ecs.container-name": "app" },
  environment: { STAGE: "test" },
  instanceId: "i-0123456789abcdef0",
};

let receiver: Receiver;
beforeEach(async () => {
  receiver = new Receiver();
  await receiver.open();
});
afterEach(() => receiver.close());

function open(options: Record<string, string>, logDriver: "fluentd" | "awsfirelens" = "fluentd") {
  return openFluentd(
    { account: "123456789012", region: "r", container, logConfiguration: { logDriver, options } },
    {
      clock: new SystemClock(60),
      connect: async () => {
        const socket = createConnection({ port: receiver.port, host: "127.0.0.1" });
        await once(socket, "connect");
        return socket;
      },
    },
  );
}

const WAIT = { timeout: 60_000, interval: 10 };

const received = (logs: readonly string[]) =>
  vi.waitFor(() => expect(receiver.logs).toEqual(logs), WAIT);

describe("the fluentd driver", () => {
  test("says of each line where it came from, under a tag that Docker's words make", async () => {
    const sink = open({
      tag: 'docker.{{.Name}}.{{.ID}}.{{index .ContainerLabels "team"}}',
      labels: "team",
      "env-regex": "^ST",
    });
    await sink.begin!();
    void sink.write("stderr", "one", 1_767_225_600_500);
    await received(["one"]);
    await sink.close();
    expect([...receiver.tags]).toEqual(["docker.ecs-web-3-app-aa.0123456789ab.blue"]);
    expect(receiver.records).toEqual([
      {
        container_id: container.runtimeId,
        container_name: "/ecs-web-3-app-aa",
        source: "stderr",
        log: "one",
        team: "blue",
        STAGE: "test",
      },
    ]);
  });

  test("starts no container without its receiver, but where it is asynchronous", async () => {
    await receiver.close();
    const sink = open({ "fluentd-address": "tcp://localhost:24224" });
    await expect(sink.begin!()).rejects.toThrow(
      "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial tcp localhost:24224: connect: connection refused",
    );
    await sink.close();
    const patient = open({ "fluentd-async": "true" });
    await patient.begin!();
    expect(patient.write("stdout", "kept", 0)).toBeUndefined();
    await receiver.open();
    await received(["kept"]);
    await patient.close();
  });

  test("holds a container in blocking mode while its receiver is away, and brings all afterwards", async () => {
    const sink = open({ mode: "blocking" });
    await sink.begin!();
    await sink.write("stdout", "one", 0);
    await received(["one"]);
    await receiver.close();
    // The first after the end may be lost in the connection: whoever writes does not know yet.
    const { room } = await vi.waitFor(() => {
      const answer = sink.write("stdout", "held", 0);
      expect(answer).toBeInstanceOf(Promise);
      return { room: answer };
    }, WAIT);
    await receiver.open();
    await room;
    await vi.waitFor(() => expect(receiver.logs.at(-1)).toBe("held"), { timeout: 60_000 });
    await sink.close();
  });

  test("drops new lines past its buffer where it does not block", async () => {
    await receiver.close();
    const sink = open({ "max-buffer-size": "1k", mode: "non-blocking" });
    const line = "x".repeat(400);
    for (let index = 0; index < 100; index++)
      expect(sink.write("stdout", `${line}${index}`, 0)).toBeUndefined();
    await receiver.open();
    await received([0, 1].map((index) => `${line}${index}`));
    await sink.close();
  });

  test("sends a line again that its receiver has not said to have", async () => {
    receiver.isReading = false;
    const sink = open({ "fluentd-request-ack": "true", "fluentd-async": "true" });
    void sink.write("stdout", "one", 0);
    void sink.write("stdout", "two", 0);
    await receiver.close();
    receiver.isReading = true;
    await receiver.open();
    await vi.waitFor(() => expect(receiver.logs.slice(-2)).toEqual(["one", "two"]), WAIT);
    await sink.close();
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ "fluentd-adress": "x" }, /unknown log opt 'fluentd-adress' for fluentd log driver/],
    [{ "fluentd-address": "udp://localhost:1" }, /unsupported scheme: 'udp'/],
    [{ "fluentd-address": "unix://" }, /path is empty/],
    [{ "fluentd-async": "maybe" }, /invalid value for fluentd-async: "maybe"/],
    [{ "fluentd-retry-wait": "soon" }, /invalid value for fluentd-retry-wait/],
    [{ tag: "{{.Nam}}" }, /can't evaluate \.Nam/],
    [{ "max-buffer-size": "1ki" }, /must specify valid value for log opt 'max-buffer-size': "1ki"/],
    [{ mode: "sometimes" }, /must specify valid value for log opt 'mode': "sometimes"/],
    [{ mode: "blocking", "max-buffer-size": "1m" }, /only supported with 'mode=non-blocking'/],
  ])("refuses %j", (options, words) => {
    expect(() => open(options)).toThrow(words);
  });
});

describe("the driver of a container with a router", () => {
  test("tags lines with the container and its task, and waits for the router", async () => {
    await receiver.close();
    const sink = open({ Name: "stdout", "log-driver-buffer-limit": "2" }, "awsfirelens");
    for (const line of ["one", "two", "three"]) void sink.write("stdout", line, 0);
    await receiver.open();
    await received(["one", "two"]);
    await sink.close();
    expect([...receiver.tags]).toEqual([`app-firelens-${"0".repeat(32)}`]);
  });

  test("brings what its container wrote before its end, also where the router has only just been started", async () => {
    await receiver.close();
    const sink = open({ Name: "stdout" }, "awsfirelens");
    void sink.write("stdout", "last words", 0);
    const closed = sink.close();
    await receiver.open();
    await closed;
    expect(receiver.logs).toEqual(["last words"]);
  });

  test("has brought all when it is closed, and is closed once", async () => {
    const sink = open({ Name: "stdout" }, "awsfirelens");
    const lines = Array.from({ length: 500 }, (_, index) => `${index}`);
    for (const line of lines) void sink.write("stdout", line, 0);
    await Promise.all([sink.close(), sink.close()]);
    await receiver.close();
    expect(receiver.logs).toEqual(lines);
    await receiver.open();
  });
});
