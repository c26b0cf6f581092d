import type { Kind } from "../kinds.ts";
import { ecsPage, page } from "./pages.ts";

const SCALING = ecsPage("service-auto-scaling");
const TRACKING = ecsPage("service-autoscaling-targettracking");
const GUIDE = "autoscaling/application/userguide";
const BETWEEN = [
  "Between which numbers may this service scale, and where is it now?",
  "このサービスはいくつからいくつの間でスケールできますか。いまはいくつですか。",
] as const;
const WHAT_ALARM_SEES = [
  "What does the alarm look at, and does anything write there?",
  "アラームは何を見ていますか。そこに値は届いていますか。",
] as const;

/** Why a service does not scale, or not as it should. */
export const SCALING_KINDS = {
  "scaling-role-missing": {
    question: [
      "As whom does Application Auto Scaling change the service?",
      "Application Auto Scaling は誰としてサービスを変更しますか。",
    ],
    page: page(GUIDE, "application-auto-scaling-service-linked-roles"),
    line: "./workbook aws iam create-service-linked-role --aws-service-name ecs.application-autoscaling.amazonaws.com",
  },
  "scaling-no-policy": {
    question: [
      "Who says when this service is to scale?",
      "いつスケールするかは、何で決まりますか。",
    ],
    page: TRACKING,
    line: 'new AppautoscalingPolicy(this, "…", { …, policyType: "TargetTrackingScaling" });',
  },
  "scaling-policy-missing": {
    question: ["Whom does this alarm call?", "このアラームは何を呼び出しますか。"],
    page: SCALING,
    line: "alarmActions: [policy.arn],",
  },
  "scaling-suspended": {
    question: ["Is it allowed to scale at all?", "そもそもスケールは許可されていますか。"],
    page: page(GUIDE, "application-auto-scaling-suspend-resume-scaling"),
    line: "./workbook aws application-autoscaling register-scalable-target … --suspended-state DynamicScalingOutSuspended=false,DynamicScalingInSuspended=false,ScheduledScalingSuspended=false",
  },
  "scaling-fixed": { question: BETWEEN, page: SCALING, line: "minCapacity: 2, maxCapacity: 6," },
  "scaling-label": {
    question: WHAT_ALARM_SEES,
    page: TRACKING,
    line: "resourceLabel: `${alb.arnSuffix}/${targets.arnSuffix}`,",
  },
  "scaling-no-data": {
    question: WHAT_ALARM_SEES,
    page: page("AmazonCloudWatch/latest/monitoring", "alarm-evaluation"),
    line: "./workbook aws cloudwatch describe-alarms",
  },
  "scaling-schedule-failed": {
    question: [
      "Which bounds does the action give the target, and which has it already?",
      "アクションはターゲットの範囲をいくつにしますか。いまの範囲はいくつですか。",
    ],
    page: page(GUIDE, "application-auto-scaling-scheduled-scaling"),
    line: "scalableTargetAction: { minCapacity: …, maxCapacity: … },",
  },
  "scaling-set-back": {
    question: ["Who else sets this number?", "この数を設定するのは、ほかに誰ですか。"],
    page: SCALING,
    line: 'ignoreChanges: ["desired_count"],',
  },
  "scaling-at-maximum": { question: BETWEEN, page: SCALING, line: "maxCapacity: …," },
  "scaling-cool-down": {
    question: [
      "When did it scale last, and how long does it wait after that?",
      "最後にスケールしたのはいつで、その後どれだけ待ちますか。",
    ],
    page: page(GUIDE, "target-tracking-scaling-policy-overview"),
    line: "scaleOutCooldown: 60,",
  },
} as const satisfies Readonly<Record<string, Kind>>;
