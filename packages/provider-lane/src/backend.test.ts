import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:http2";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { isSuccess, send, toBody } from "./grpc.ts";
import { openLane, type Lane } from "./lane.ts";

const WAIT = { timeout: 60_000, interval: 5 };
const PROVIDER = new URL("testing/slow-provider.ts", import.meta.url).pathname;

/** A lane with a provider that answers one of its calls late. */
async function laneWith(HELD: string) {
  const folder = mkdtempSync(join(tmpdir(), "slow-provider-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const CALLS = join(folder, "calls");
  const provider = join(folder, "terraform-provider-slow");
  writeFileSync(provider, `#!/bin/sh\nexec "${process.execPath}" "${PROVIDER}"\n`);
  chmodSync(provider, 0o755);
  const lane = await openLane({ provider, env: { ...process.env, CALLS, HELD } });
  onTestFinished(() => lane.close());
  // The lane asks for it itself, and that is a call of somebody else's as well.
  await connectTo(lane)("/tfplugin5.Provider/GetSchema");
  const lines = () => readFileSync(CALLS, "utf8").trim().split("\n");
  const pid = Number(lines()[0]!.split(" ")[1]);
  return {
    lane,
    /** What has come to the provider, and gone from it, in order. */
    calls: () => lines().filter((line) => /^(Stop|ApplyResourceChange)/.test(line)),
    release: () => process.kill(pid, "SIGUSR2"),
  };
}

/** One command's connection. @returns what calls by it, and tells whether it was answered with success */
function connectTo(lane: Lane) {
  const [{ Addr }] = Object.values(JSON.parse(lane.reattach)) as [{ Addr: { String: string } }];
  const createSocket = () => createConnection(Addr.String);
  const session = connect("http://localhost", { createConnection: createSocket });
  onTestFinished(() => session.destroy());
  return async (path: string) => {
    const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc" };
    const { signal } = new AbortController();
    return isSuccess(await send(session, { headers, body: toBody(Buffer.alloc(0)), signal }));
  };
}

const STOP = "/tfplugin5.Provider/Stop";
const APPLY = "/tfplugin5.Provider/ApplyResourceChange";
/** Answered by the relay itself. */
const SHUTDOWN = "/plugin.GRPCController/Shutdown";

test("another command's call waits until the provider has stopped for the interrupted one", async () => {
  const { lane, calls, release } = await laneWith("Stop");
  const [interrupted, other] = [connectTo(lane), connectTo(lane)];
  const stopped = interrupted(STOP);
  await vi.waitUntil(() => calls().includes("Stop"), WAIT);
  const applied = other(APPLY);
  // When this is answered, the relay has seen the one before it.
  await other(SHUTDOWN);
  release();
  expect(await Promise.all([stopped, applied])).toEqual([true, true]);
  const one = (name: string) => [name, `${name} is answered`];
  expect(calls()).toEqual([...one("Stop"), ...one("ApplyResourceChange")]);
});

test("the provider hears of no interrupt while another command's call is under way", async () => {
  const { lane, calls, release } = await laneWith("ApplyResourceChange");
  const [interrupted, other] = [connectTo(lane), connectTo(lane)];
  const applied = other(APPLY);
  await vi.waitUntil(() => calls().length > 0, WAIT);
  expect(await interrupted(STOP)).toBe(true);
  expect(calls()).toEqual(["ApplyResourceChange"]);
  release();
  expect(await applied).toBe(true);
  expect(await interrupted(STOP)).toBe(true);
  expect(calls()).toContain("Stop");
});
