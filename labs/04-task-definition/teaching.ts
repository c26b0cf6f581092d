import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      [
        "I changed the image. Why does the task not care?",
        "イメージを変えたのに、タスクが変わりません",
      ],
      [
        "A task belongs to a [revision](/concepts/tasks#task-definition-family-and-revision), and revisions do not change.",
        "タスクは 1 つの[リビジョン](/ja/concepts/tasks#task-definition-family-and-revision)に属し、リビジョンは変わりません。",
      ],
    ],
  ],
  breaks: [],
});
