import {
  CreatePipelineCommand,
  DisableStageTransitionCommand,
  StartPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { expect, test } from "vitest";
import { action, PipelineCloud } from "../engine/codepipeline/testing/pipeline-cloud.ts";
import { LivePage } from "./testing/live-page.ts";

test("a page is shown how far each stage of a pipeline is, with what, and what it waits for", async () => {
  const cloud = await PipelineCloud.start();
  const page = await LivePage.open(cloud.test.endpoint);
  const commit = await cloud.push({ file: "one" }, "main", "Greet\n\nIn the evening too.");
  const approve = action("Approve", "Approval", "Manual", { configuration: {} });
  const pipeline = cloud.pipeline("web", [{ name: "Deploy", actions: [approve] }]);
  await cloud.pipelines.send(new CreatePipelineCommand({ pipeline }));
  const failed = await page.message("picture", (it) => it.pipelines[0]?.status === "Failed");
  expect(failed.pipelines[0]).toMatchObject({
    name: "web",
    stages: [
      {
        name: "Source",
        status: "Failed",
        revision: null,
        actions: [
          {
            provider: "CodeStarSourceConnection",
            status: "Failed",
            endedAt: expect.any(Number),
            error: expect.stringContaining("is in the status PENDING"),
          },
        ],
      },
      { name: "Deploy", status: null, isNewest: false, actions: [{ status: null }] },
    ],
  });

  await cloud.accept();
  const begin = () => cloud.pipelines.send(new StartPipelineExecutionCommand({ name: "web" }));
  await begin();
  const asked = await page.message(
    "picture",
    ({ pipelines: [web] }) => web?.stages[1]?.actions[0]?.status === "InProgress",
  );
  const about = { revision: commit, change: "Greet", isNewest: true, isAwaited: false };
  expect(asked.pipelines[0]).toMatchObject({
    status: "InProgress",
    stages: [
      { name: "Source", status: "Succeeded", ...about },
      {
        name: "Deploy",
        status: "InProgress",
        ...about,
        closed: null,
        actions: [{ name: "Approve", provider: "Manual", endedAt: null, error: null }],
      },
    ],
  });

  // What comes next waits for what is in the stage, and later for somebody to let it in.
  await begin();
  const behind = await page.message(
    "picture",
    ({ pipelines: [web] }) => web?.stages[1]?.isAwaited === true,
  );
  expect(behind.pipelines[0]?.stages).toMatchObject([
    { status: "Succeeded", isNewest: true },
    { status: "InProgress", isNewest: false },
  ]);
  await cloud.pipelines.send(
    new DisableStageTransitionCommand({
      pipelineName: "web",
      stageName: "Deploy",
      transitionType: "Inbound",
      reason: "a freeze",
    }),
  );
  await page.message("picture", ({ pipelines: [web] }) => web?.stages[1]?.closed === "a freeze");
  await cloud.approve("web", "Approved");
  const held = await page.message(
    "picture",
    ({ pipelines: [web] }) => web?.stages[1]?.status === "Succeeded",
  );
  expect(held.pipelines[0]?.stages[1]).toMatchObject({ isNewest: false, isAwaited: true });
  page.close();
  await cloud.stop();
});
