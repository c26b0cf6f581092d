import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      ["I have Docker. May I use it?", "Docker があります。使ってもよいですか"],
      [
        "Yes: `docker build` on the same folder. The workbook reads the same Dockerfile without it.",
        "はい。同じフォルダーで `docker build` できます。ワークブックは同じ Dockerfile を Docker なしで読みます。",
      ],
    ],
  ],
  breaks: [],
});
