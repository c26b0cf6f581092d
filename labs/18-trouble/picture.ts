import { definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "One line of the Go service's stack is broken, another one in each of twelve cases.",
    "Go のサービスのスタックが、12 の事例で 1 か所ずつ壊れています。",
  ],
  [note([306, 404], ["what is wrong?", "どこがおかしい?"], "middle")],
);
