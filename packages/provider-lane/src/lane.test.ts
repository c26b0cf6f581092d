import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openLane } from "./lane.ts";

/** A program that is started as a provider is, and is none. */
function program(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), "no-provider-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "terraform-provider-none");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const announcing = (attachment: object) =>
  `echo "\tTF_REATTACH_PROVIDERS='${JSON.stringify({ source: attachment }).replaceAll('"', '\\"')}'"; sleep 600`;
const unix = { Network: "unix", String: "/nowhere" };
const grpc = { Protocol: "grpc", ProtocolVersion: 5, Addr: unix };

test.each([
  ["is not there", undefined, "not found"],
  ["ends at once", "echo cannot find my licence >&2; exit 3", "it ended: cannot find my licence"],
  ["speaks an older protocol", announcing({ ...grpc, ProtocolVersion: 4 }), "grpc 4 over unix"],
  ["speaks no gRPC", announcing({ ...grpc, Protocol: "netrpc" }), "it speaks netrpc 5 over unix"],
  [
    "listens on a port",
    announcing({ ...grpc, Addr: { Network: "tcp", String: "127.0.0.1:9" } }),
    "it speaks grpc 5 over tcp",
  ],
])("a provider that %s is left to Terraform, with one line of log", async (_, script, says) => {
  const logged: string[] = [];
  const provider = script === undefined ? "/nowhere/terraform-provider-none" : program(script);
  const onLog = (line: string) => logged.push(line);
  await using lane = await openLane({ provider, env: process.env, onLog });
  expect([lane.reattach, lane.reattachWhole]).toEqual(["", ""]);
  expect(logged).toEqual([
    expect.stringMatching(/^terraform-provider-none is not kept: .*starts its own/s),
  ]);
  expect(logged[0]).toContain(says);
  await lane.closed;
});
