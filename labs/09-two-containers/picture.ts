import { arrow, box, definePicture, frame, note } from "@workbook/lab-kit";

/** A task of the third service, with what runs in it. */
const task = (x: number) => [
  frame("group", [x, 394, 156, 82]),
  box([x + 10, 402, 136, 30], "nginx :80"),
  box([x + 10, 440, 136, 30], "node-app :3000"),
];

export const picture = definePicture(
  [
    "A third service runs two tasks of two containers each: port 8081 of the load balancer leads to nginx, which asks the Node.js app beside it.",
    "3 つ目のサービスのタスクでは、それぞれ 2 つのコンテナが動きます。ロードバランサーのポート 8081 へのリクエストは nginx に届き、nginx が隣の Node.js アプリに渡します。",
  ],
  [...task(56), ...task(228), note([238, 181], ":8081", "end"), arrow([220, 192], [220, 391])],
  { "CloudWatch Logs": ["/ecs/node-app, go-app, web", "/ecs/node-app、go-app、web"] },
);
