import {
  deployFailingService,
  balancedServiceStack,
  useCheckedCloud,
} from "@workbook/lab-kit/testing";
import { GO_APP } from "@workbook/lab-kit";
import { expect, test } from "vitest";

import { everyTaskLogs } from "../checks/lines-per-task.ts";

const NAME = "go-app-hanako";
const cloud = useCheckedCloud();

test("the lines of tasks are not asked for where no task runs", async () => {
  await deployFailingService(cloud.aws, NAME, 2);
  const known = { owner: "hanako", synth: balancedServiceStack(NAME), deadlineMs: 300 };
  const check = everyTaskLogs("lines", GO_APP);
  expect(await cloud.run(check, known)).toMatchObject({ passed: false, fault: "no-task" });
});
