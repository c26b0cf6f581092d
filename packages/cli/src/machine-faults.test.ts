import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { machineFault } from "./machine-faults.ts";

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test("a device without room is a full disk, with the file that could not be written", () => {
  const fault = machineFault(thrownBy(() => writeFileSync("/dev/full", "x")));
  expect(fault).toMatchObject({ code: "DISK_FULL", exitCode: 3 });
});

test("a folder in which nothing can be made is named", () => {
  const denied = Object.assign(new Error("EROFS: read-only file system, mkdir '/a/b'"), {
    code: "EROFS",
    path: "/a/b",
  });
  expect(machineFault(denied)?.message).toBe("The workbook cannot write (/a/b): it is read-only.");
});

test.each([
  ["Error saving state: write state.json: no space left on device", "DISK_FULL"],
  ["attempt to write a readonly database", "READ_ONLY"],
  ["EACCES: permission denied, open '/x'", "NOT_PERMITTED"],
  ["Signature expired: 20261121T150000Z is now earlier than 20261121T160000Z", "CLOCK_OFF"],
])("%s is the machine's fault %s", (message, code) => {
  expect(machineFault(new Error("that did not work", { cause: new Error(message) }))?.code).toBe(
    code,
  );
});

test("what is no fault of the machine is left alone", () => {
  expect(machineFault(thrownBy(() => mkdirSync("/proc/self/status/x")))).toBeUndefined();
  expect(machineFault("no error")).toBeUndefined();
});
