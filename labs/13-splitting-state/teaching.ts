import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      ["How many stacks are right?", "スタックはいくつが適切ですか"],
      [
        "As many as there are lifetimes and owners. Each border is an order in which things are applied, and a value that has to be carried across; one that always changes together with its neighbour is a border too many.",
        "寿命と担当者の数だけです。境界が 1 つ増えるたびに、適用の順序と、受け渡す値が増えます。いつも隣と一緒に変わるなら、その境界は余分です。",
      ],
    ],
    [
      [
        "Why not `terraform_remote_state`, which needs no parameters?",
        "パラメーターの要らない `terraform_remote_state` ではだめですか",
      ],
      [
        "It works, and is right within one team. Whoever reads one output may read the whole state, with everything in it, and depends on where that state lies.",
        "動きますし、1 つのチームの中なら妥当です。ただし、出力を 1 つ読む人はステート全体を読めることになり、そのステートの場所にも依存します。",
      ],
    ],
  ],
  breaks: [
    [
      [
        "Set `use_lockfile` to false and apply from two terminals",
        "`use_lockfile` を false にして、2 つのターミナルから apply する",
      ],
      [
        "Both go on; who ends last writes the state, and what the other one made stands in none",
        "両方が進み、最後に終わったほうがステートを書く。もう一方が作ったものはどのステートにもない",
      ],
    ],
    [
      ["Let two stacks have one key", "2 つのスタックに同じキーを持たせる"],
      [
        "The second plans to destroy all that the first has made",
        "2 つ目のプランが、1 つ目の作ったものをすべて削除しようとする",
      ],
    ],
  ],
});
