import type { Kind } from "../kinds.ts";

/** Causes in Terraform's states: what keeps a stack from being planned or applied at all. */
export const STATE_KINDS = {
  "state-bucket-missing": {
    question: [
      "Where did Terraform keep its states, and who has taken that away?",
      "Terraform のステートはどこにありましたか。誰がそれを削除しましたか。",
    ],
    page: "https://developer.hashicorp.com/terraform/language/backend/s3",
    line: "./workbook cloud snapshots",
  },
  "state-locked": {
    question: [
      "Whom does the lock name, and does what they began still run?",
      "ロックに書かれているのは誰ですか。その人が始めたものは、まだ動いていますか。",
    ],
    page: "https://developer.hashicorp.com/terraform/language/state/locking",
    line: "./workbook terraform STACK force-unlock ID",
  },
  "stack-output-missing": {
    question: [
      "Which stack tells this, under which name, and was it applied?",
      "それを伝えるのはどのスタックですか。どの名前で伝えますか。もう適用しましたか。",
    ],
    page: "https://developer.hashicorp.com/terraform/language/state/remote-state-data",
    line: "service.addDependency(network);",
  },
} satisfies Readonly<Record<string, Kind>>;
