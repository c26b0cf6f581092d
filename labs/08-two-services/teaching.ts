import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      ["Why does 8080 answer with Node.js?", "なぜ 8080 が Node.js の応答を返すのですか"],
      [
        "The listener leads to the other target group. All four tasks run; only the targets of the Go service tell of it: `unused`.",
        "リスナーがもう一方のターゲットグループに転送しています。タスクは 4 つとも動いています。手がかりは Go のサービスのターゲットだけで、`unused` になっています。",
      ],
    ],
  ],
  breaks: [],
});
