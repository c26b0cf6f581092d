import { text } from "@workbook/toolchain";
import { expect, test } from "vitest";
import { refuseOtherPlace } from "./open-cloud.ts";

const RUNNING = {
  endpoint: "http://127.0.0.1:4566",
  health: { tasks: { driver: "process" } },
};

test("a cloud that runs where it is wanted is fine", () => {
  refuseOtherPlace(RUNNING, "exact", {});
  refuseOtherPlace(RUNNING, "exact", { port: 4566, listeners: "exact", tasks: "process" });
  expect(() => refuseOtherPlace(RUNNING, "exact", { port: 0 })).not.toThrow();
});

test("one that is wanted somewhere else has to be stopped first, and the command says how", () => {
  const move = () =>
    refuseOtherPlace(RUNNING, "exact", {
      port: 4567,
      listeners: "offset",
      tasks: "containers",
    });
  expect(move).toThrow(
    expect.objectContaining({
      code: "CLOUD_RUNS",
      next: text(
        "./workbook cloud down && ./workbook cloud up --port 4567 --listeners offset --tasks containers",
      ),
    }),
  );
});
