import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      ["Nothing runs. What have I made?", "何も動いていません。何を作ったのでしょう"],
      [
        "That is the point: a [control plane](/concepts/control-plane-and-data-plane) without a data plane.",
        "それがこの章の要点です。データプレーンのない[コントロールプレーン](/ja/concepts/control-plane-and-data-plane)です。",
      ],
    ],
  ],
  breaks: [],
});
