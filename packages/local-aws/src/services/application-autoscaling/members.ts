import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_Operations.html */
export const members: Members = {
  refused: {
    PutScalingPolicyRequest:
      "PredictiveScalingPolicyConfiguration PolicyType=StepScaling=TargetTrackingScaling",
  },
  meaningless: [],
  usedIn: {},
};
