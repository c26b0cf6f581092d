import { hint } from "@workbook/lab-kit";

/** What the whole chapter asks for. */
export const CASE_HINTS = [
  "of each case the cause, by its name in the failure catalogue",
  "すべての事例の原因を、障害カタログの名前で書いている",
] as const;

const CATALOGUE = ["/reference/failures", "/ja/reference/failures"] as const;

/** Help with a note; none of it tells the cause. */
export const NOTE_HINTS = {
  "no-case": hint(
    ["Which case are you at?", "どの事例に取り組んでいますか。"],
    [
      "A case is begun by a command: it breaks one line of your stack.ts and deploys that.",
      "事例はコマンドで始めます。stack.ts の 1 か所が壊れた状態でデプロイされます。",
    ],
    "./workbook case 1",
  ),
  "no-note": hint(
    ["What do you see, and what do you take it for?", "何が見えますか。原因は何だと思いますか。"],
    [
      "Look at the events, the stopped tasks, the targets and the log, copy AWS's words, and find them in the failure catalogue.",
      "イベント、停止したタスク、ターゲット、ログを見て AWS の文言を写し、障害カタログで探します。",
    ],
    '{ case: 1, seen: "stopped", words: "…", cause: "…" },',
  ),
  "unknown-cause": hint(
    ["What does the failure catalogue call it?", "障害カタログでは何という名前ですか。"],
    CATALOGUE,
    'cause: "image-missing",',
  ),
  "no-words": hint(
    ["Which words of AWS's say so?", "AWS のどの文言から分かりましたか。"],
    [
      "Copy them from where you saw them. The catalogue has the words of each entry; compare them.",
      "見えた場所から写します。カタログの各項目にある文言と比べてください。",
    ],
    'words: "…",',
  ),
  "another-cause": hint(
    [
      "What else looks like it, and how is that told apart?",
      "ほかに似たものは何ですか。どう見分けますか。",
    ],
    [
      "Each entry of the catalogue says what looks like it, and what to look at to tell them apart.",
      "カタログの各項目に、似たものと、見分けるために見るものが書いてあります。",
    ],
    "./workbook aws ecs describe-services --cluster … --services …",
  ),
};

/** Help with what is left. */
export const LEFT_HINTS = {
  left: hint(
    ["Which cases has your notebook not yet?", "ノートにまだない事例はどれですか。"],
    [
      "Begin the next one; without a number the command lists them.",
      "次の事例を始めます。番号なしで実行すると一覧が出ます。",
    ],
    "./workbook case",
  ),
};
