import { text } from "@workbook/toolchain";
import { expect, test } from "vitest";
import { refuseOtherPlace } from "./open-cloud.ts";

const RUNNING = {
  endpoint: "http://127.0.0.1:4566",
  health: { tasks: { driver: "process" } },
};

const CONFIG = { listeners: "exact", mirrors: [] } as const;

test("a cloud that runs where it is wanted is fine", () => {
  refuseOtherPlace(RUNNING, CONFIG, {});
  refuseOtherPlace(RUNNING, CONFIG, { port: 4566, listeners: "exact", tasks: "process" });
  expect(() => refuseOtherPlace(RUNNING, CONFIG, { port: 0 })).not.toThrow();
});

test("one that is wanted somewhere else has to be stopped first, and the command says how", () => {
  const move = () =>
    refuseOtherPlace(RUNNING, CONFIG, {
      port: 4567,
      listeners: "offset",
      tasks: "containers",
      mirrors: ["docker.io=http://127.0.0.1:5000"],
    });
  expect(move).toThrow(
    expect.objectContaining({
      code: "CLOUD_RUNS",
      next: text(
        "./workbook cloud down && ./workbook cloud up --port 4567 --listeners offset --tasks containers --registry-mirror docker.io=http://127.0.0.1:5000",
      ),
    }),
  );
});
