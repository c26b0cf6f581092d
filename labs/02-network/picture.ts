import { box, definePicture, frame, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A VPC has public and private subnets in two zones; a NAT gateway leads from the private ones to the internet.",
    "VPC に、2 つの AZ にまたがるパブリックサブネットとプライベートサブネットがあり、プライベートサブネットは NAT ゲートウェイを通ってインターネットに出ます。",
  ],
  [
    frame("group", [16, 68, 408, 480], 12),
    note([408, 86], "VPC", "end"),
    frame("band", [28, 96, 384, 112]),
    note([40, 116], ["Public subnets, two zones", "パブリックサブネット (2 つの AZ)"], "start"),
    frame("band", [28, 222, 384, 316]),
    note(
      [220, 527],
      ["Private subnets, two zones", "プライベートサブネット (2 つの AZ)"],
      "middle",
    ),
    box([330, 132, 70, 58], "NAT"),
  ],
);
