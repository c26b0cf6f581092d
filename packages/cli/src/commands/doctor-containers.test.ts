import type { NoRoom } from "@workbook/local-aws";
import { text } from "@workbook/toolchain";
import { expect, test } from "vitest";
import { describeNoRoom } from "./doctor-containers.ts";

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
