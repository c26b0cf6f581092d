import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      [
        "Why not read stack.ts until the line is found?",
        "stack.ts を読んで間違いの行を探すのではいけませんか",
      ],
      [
        "One may, here. At work the stack has a thousand lines, the change was made by somebody else, and what is broken is often none of them: a role, a quota, a tag. What AWS says leads there in minutes.",
        "ここでは可能です。しかし実務のスタックは 1,000 行あり、変更したのは別の人で、壊れたのがコードですらないこと (ロール、クォータ、タグ) もよくあります。AWS の文言から始めれば数分でたどり着けます。",
      ],
    ],
    [
      [
        "Three cases say the same about a connection issue. How to tell them apart?",
        "3 つの事例が同じ「接続の問題」を示します。どう見分けますか",
      ],
      [
        "By following the packet: its security group, its subnet's route table, what stands at the end of the route, the way back. The catalogue's column says the call for each.",
        "パケットの道筋を順に追います。セキュリティグループ、サブネットのルートテーブル、ルートの先、戻り道。カタログに、それぞれを調べる呼び出しがあります。",
      ],
    ],
  ],
  breaks: [
    [
      ["Begin two cases at once, by hand", "2 つの事例を手動で同時に起こす"],
      [
        "The earlier one hides the later: without an image nobody asks for a health check. Mend, and look again.",
        "先に起こるものが後のものを隠します。イメージがなければヘルスチェックは行われません。直してから、もう一度見ます。",
      ],
    ],
  ],
});
