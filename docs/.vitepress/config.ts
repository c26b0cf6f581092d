import { defineConfig } from "vitepress";

export default defineConfig({
  title: "ECS Workbook",
  description: "Learn containers on AWS ECS Fargate, with a cloud of your own",
  lang: "en",
  cleanUrls: true,
  themeConfig: {
    nav: [
      { text: "Getting started", link: "/getting-started" },
      { text: "Lab 08", link: "/labs/08-two-services" },
      { text: "Architecture", link: "/architecture" },
    ],
    sidebar: [
      { text: "Start", items: [{ text: "Getting started", link: "/getting-started" }] },
      { text: "Labs", items: [{ text: "08 Two services", link: "/labs/08-two-services" }] },
      {
        text: "How it is built",
        items: [
          { text: "Architecture", link: "/architecture" },
          { text: "Benchmarks", link: "/benchmarks" },
        ],
      },
    ],
    search: { provider: "local" },
  },
});
