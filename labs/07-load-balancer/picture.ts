import { arrow, box, definePicture, label, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "An Application Load Balancer in the public subnets leads from you, on port 80, to the Node.js tasks.",
    "パブリックサブネットの Application Load Balancer が、ポート 80 へのリクエストを Node.js のタスクに届けます。",
  ],
  [
    box([225, 8, 110, 34], ["You", "あなた"]),
    arrow([280, 42], [280, 127]),
    note([289, 62], "HTTP", "start"),
    box([40, 130, 276, 62]),
    label([178, 155], "Application Load Balancer", "middle"),
    note([134, 181], ":80", "middle"),
    arrow([134, 192], [134, 247]),
  ],
);
