import { ActionFault, calling } from "../action-fault.ts";
import type { Outcome, Work } from "../work.ts";

const MINUTE_MS = 60_000;
/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const SEVEN_DAYS_MINUTES = 7 * 24 * 60;

/**
 * Waits for somebody's word, and tells a topic that it does. Who decides, decides by PutApprovalResult.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html
 * @throws ActionFault
 */
export async function approve(work: Work): Promise<Outcome> {
  const { run } = work;
  const minutes = work.declaration.timeoutInMinutes ?? SEVEN_DAYS_MINUTES;
  const until = run.startedAt + minutes * MINUTE_MS;
  if (work.now >= until)
    throw new ActionFault("JobFailed", `The approval action timed out after ${minutes} minutes.`);
  const topic = work.setting("NotificationArn");
  if (topic !== "" && run.done["told"] === undefined) {
    await calling(
      () =>
        work.calls.call("sns", "Publish", {
          TopicArn: topic,
          Subject: subjectOf(run.pipeline, run.action),
          Message: JSON.stringify(messageOf(work, until)),
        }),
      `The provided role does not have sufficient permissions to publish to the topic ${topic}.`,
    );
    work.remember({ told: "yes" });
  }
  return { kind: "wait", until };
}

/** At most a hundred characters, as SNS has it. */
const subjectOf = (pipeline: string, action: string) =>
  `APPROVAL NEEDED: AWS CodePipeline ${pipeline} for action ${action}`.slice(0, 100);

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-json-format.html */
function messageOf(work: Work, until: number): object {
  const { pipeline, stage, action, token } = work.run;
  const { region } = work.calls.caller;
  const console = `https://console.aws.amazon.com/codesuite/codepipeline/pipelines/${pipeline}/view?region=${region}`;
  return {
    region,
    consoleLink: console,
    approval: {
      pipelineName: pipeline,
      stageName: stage,
      actionName: action,
      token,
      expires: new Date(until).toISOString().slice(0, 16) + "Z",
      externalEntityLink: work.setting("ExternalEntityLink") || null,
      approvalReviewLink: `${console}#/${stage}/${action}/approve/${token}`,
      customData: work.setting("CustomData") || null,
    },
  };
}
