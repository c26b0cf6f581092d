import {
  deployFailingService,
  balancedServiceStack,
  useCheckedCloud,
} from "@workbook/lab-kit/testing";
import { expect, test } from "vitest";

import { agentsRun } from "../checks/live-web.ts";
import { WEB } from "../checks/web.ts";

const NAME = "web-hanako";
const cloud = useCheckedCloud();

test("agents of ECS Exec are not said to run where no task does", async () => {
  await deployFailingService(cloud.aws, NAME, 2);
  const container = { name: WEB.container, image: `${WEB.publicImage}:1.28` };
  const known = {
    owner: "hanako",
    synth: balancedServiceStack(NAME, container),
    deadlineMs: 300,
  };
  expect(await cloud.run(agentsRun("agents"), known)).toMatchObject({
    passed: false,
    fault: "no-agent",
  });
});
