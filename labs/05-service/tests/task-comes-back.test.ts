import {
  deployFailingService,
  balancedServiceStack,
  useCheckedCloud,
} from "@workbook/lab-kit/testing";
import { GO_APP } from "@workbook/lab-kit";
import { expect, test } from "vitest";

import { taskComesBack } from "../checks/task-comes-back.ts";
import { tasksSpreadOverZones } from "../checks/tasks-in-zones.ts";

const NAME = "go-app-hanako";
const cloud = useCheckedCloud();

const checks = [taskComesBack("comes-back", GO_APP), tasksSpreadOverZones("zones", GO_APP)];

test("checks of running tasks do not pass where none runs", async () => {
  await deployFailingService(cloud.aws, NAME, 2);
  const known = { owner: "hanako", synth: balancedServiceStack(NAME), deadlineMs: 300 };
  for (const check of checks)
    expect(await cloud.run(check, known)).toMatchObject({ passed: false, fault: "no-task" });
});
