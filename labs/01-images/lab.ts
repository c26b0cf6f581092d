import { defineLab, GO_APP, NODE_APP } from "@workbook/lab-kit";

export const lab = defineLab({
  id: "01-images",
  title: { en: "Container images and ECR", ja: "コンテナイメージと ECR" },
  summary: {
    en: "Write the Dockerfile of the Node.js app, and a repository for each app whose tags never move and whose old images go away.",
    ja: "Node.js アプリの Dockerfile と、アプリごとのリポジトリを書きます。タグは変更不可にし、古いイメージは自動で削除されるようにします。",
  },
  minutes: 35,
  needs: ["terraform", "go"],
  apps: [NODE_APP, GO_APP],
  dockerfiles: { [NODE_APP.container]: "Dockerfile" },
  stacks: ["images"],
  files: ["Dockerfile", "stack.ts"],
  startFailsAt: "dockerfile",
  // What ECR stores is paid for by the gigabyte and month: cents for these images.
  cost: [],
});
