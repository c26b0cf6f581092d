import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      ["Why does it hang, and is not refused?", "なぜ拒否されずに、待たされるのですか"],
      [
        "A closed way drops packets, on AWS too. The table of the last check says which group or route closes it.",
        "閉じた経路ではパケットが捨てられます。AWS でも同じです。どのセキュリティグループやルートが原因かは、最後のチェックの表にあります。",
      ],
    ],
  ],
  breaks: [
    [
      [
        "Lead the private route to `10.1.0.0/16` in place of `0.0.0.0/0`, and deploy",
        "プライベートサブネットのルートを `0.0.0.0/0` ではなく `10.1.0.0/16` にしてデプロイ",
      ],
      [
        "`./workbook check 2 --all`: the private subnets fail, then the tasks' way out",
        "`./workbook check 2 --all`: プライベートサブネットが不合格になり、タスクも外に出られない",
      ],
    ],
  ],
});
