import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, InstanceCloud } from "../../../tests/support/instance-cloud.ts";
import { TaskCloud } from "../scheduler/testing/task-cloud.ts";

// Where tasks are plain processes, an instance could not have a network.
let tasks: TaskCloud;
let cloud: InstanceCloud;

beforeAll(async () => {
  tasks = await TaskCloud.start({ tasks: "process" });
  cloud = await InstanceCloud.in(tasks);
}, 60_000);
afterAll(async () => {
  expect(tasks.test.errors).toEqual([]);
  await tasks.stop();
});

test("an instance ends at once, and says which tier it needs; so do services of its cluster", async () => {
  const definition = await cloud.define("web", [{ name: "web", image: "web", memory: 64 }]);
  await cloud.serve("web", definition);
  await eventually(async () =>
    expect(await tasks.messages("web")).toEqual([
      "(service web) was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    ]),
  );
  const { InstanceId = "" } = await cloud.launch();
  await eventually(async () => {
    expect(await cloud.instance(InstanceId)).toMatchObject({
      State: { Name: "terminated" },
      StateReason: {
        Code: "Server.InternalError",
        Message: expect.stringContaining("./workbook cloud up --tasks containers"),
      },
    });
    expect(await tasks.messages("web")).toContainEqual(
      expect.stringContaining(
        "(service web) Local AWS: instances run where tasks run as containers alone",
      ),
    );
  });
});
