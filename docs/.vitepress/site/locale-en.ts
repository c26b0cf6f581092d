import type { DefaultTheme, LocaleSpecificConfig } from "vitepress";

import { toSidebar } from "./sidebar.ts";

/** The English site, at the root. */
export function englishLocale(): LocaleSpecificConfig<DefaultTheme.Config> & { label: string } {
  return {
    label: "English",
    lang: "en",
    title: "ECS Workbook",
    description: "Learn containers on AWS ECS Fargate by building them, with a cloud of your own",
    themeConfig: {
      nav: [
        { text: "Getting started", link: "/getting-started" },
        { text: "Chapters", link: "/labs/", activeMatch: "^/labs/" },
        { text: "Concepts", link: "/concepts/", activeMatch: "^/concepts/" },
        { text: "Reference", link: "/reference/", activeMatch: "^/reference/" },
      ],
      sidebar: toSidebar("", {
        start: "Start",
        labs: "Chapters",
        concepts: "Concepts",
        reference: "Reference",
        inside: "How it is built",
      }),
      skipToContentLabel: "Skip to the text",
    },
  };
}
