import type { NoRoom } from "@workbook/local-aws/room";
import { text } from "@workbook/toolchain";
import { expect, test } from "vitest";
import { describeChosen, describeNoRoom, describeTier } from "./task-tier.ts";

test.each<[NoRoom, command: string]>([
  [{ why: "programs", packages: ["runc", "nftables"] }, "sudo apt-get install runc nftables"],
  [
    { why: "users", user: "ann" },
    "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann",
  ],
  [
    { why: "setting", name: "kernel.unprivileged_userns_clone", value: 1 },
    "sudo sysctl kernel.unprivileged_userns_clone=1",
  ],
])("%o is told with the command that brings it, in both languages", (missing, command) => {
  const { en, ja } = text(describeNoRoom(missing));
  expect(en.split(" → ")[1]).toBe(command);
  expect(ja.split(" → ")[1]).toBe(command);
});

test("status says how tasks run, and why not as containers only where nobody chose that", () => {
  const missing: NoRoom = { why: "programs", packages: ["runc"] };
  const said = (tier: Parameters<typeof describeTier>[0]) => text(describeTier(tier)).en;
  expect(said({ driver: "process", missing })).toBe(
    "Tasks: plain processes: containers need programs that are missing → sudo apt-get install runc",
  );
  expect(said({ driver: "process" })).toBe("Tasks: plain processes (--tasks process)");
  expect(text(describeChosen()).en).toBe(
    "Tasks: plain processes (--tasks process), and can run as containers → ./workbook cloud down; ./workbook cloud up --tasks containers",
  );
  const containers = "Tasks: containers, each with its own address";
  const watched = `${containers}; memory is watched, CPU is not limited`;
  expect(said({ driver: "containers", limits: [] })).toBe(watched);
  expect(said({ driver: "containers", limits: ["memory", "cpu"] })).toBe(
    `${containers}; memory and CPU are limited by cgroups`,
  );
  expect(said({ driver: "containers", limits: ["memory"] })).toBe(
    `${containers}; memory is limited by cgroups, CPU is not limited`,
  );
  expect(said({ driver: "containers", limits: [], internet: "sh: 2: pasta: not found" })).toBe(
    `${watched}; no way to the internet → sudo apt-get install passt`,
  );
});
