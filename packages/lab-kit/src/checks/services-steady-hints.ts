import { hint } from "../hint.ts";

/** Help with services that are not there, or of which nothing says why they do not come to rest. */
export const SERVICE_FAULTS = {
  "not-deployed": hint(
    [
      "Has the stack been deployed since you wrote the service?",
      "サービスを書いた後、デプロイしましたか。",
    ],
    [
      "The checks of this tier look at what runs.",
      "この段階のチェックは、実際に動いているものを見ます。",
    ],
    "./workbook deploy",
  ),
  "desired-count": hint(
    ["How many tasks does the service want?", "サービスはタスクをいくつ求めていますか。"],
    ["Two, one for each zone.", "AZ ごとに 1 つ、合計 2 つです。"],
    "desiredCount: 2,",
  ),
  slow: hint(
    [
      "What do the service's latest events say?",
      "サービスの最新イベントには何が書いてありますか。",
    ],
    [
      "The events tell step by step what ECS is doing: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html",
      "イベントを見ると、ECS が何をしているか順に分かります: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/service-event-messages.html",
    ],
    "./workbook status",
  ),
};
