import type { DefaultTheme, LocaleSpecificConfig } from "vitepress";

import { OUTLINE_LEVELS, toSidebar } from "./sidebar.ts";

/** The Japanese site, under `/ja/`. */
export function japaneseLocale(): LocaleSpecificConfig<DefaultTheme.Config> & { label: string } {
  return {
    label: "日本語",
    lang: "ja",
    title: "ECS ワークブック",
    description: "手元で動くクラウドで、AWS ECS Fargate のコンテナを作りながら学びます",
    themeConfig: {
      nav: [
        { text: "使い始める", link: "/ja/getting-started" },
        { text: "各章", link: "/ja/labs/", activeMatch: "^/ja/labs/" },
        { text: "解説", link: "/ja/concepts/", activeMatch: "^/ja/concepts/" },
        { text: "リファレンス", link: "/ja/reference/", activeMatch: "^/ja/reference/" },
      ],
      sidebar: toSidebar("ja/", {
        start: "はじめる",
        labs: "各章",
        concepts: "解説",
        reference: "リファレンス",
        inside: "しくみ",
      }),
      outline: { label: "このページの内容", level: OUTLINE_LEVELS },
      docFooter: { prev: "前のページ", next: "次のページ" },
      darkModeSwitchLabel: "外観",
      lightModeSwitchTitle: "ライトテーマに切り替える",
      darkModeSwitchTitle: "ダークテーマに切り替える",
      sidebarMenuLabel: "メニュー",
      returnToTopLabel: "ページの先頭へ",
      langMenuLabel: "言語を切り替える",
      skipToContentLabel: "本文へ移動",
    },
  };
}

/** What the search says in Japanese. */
export const japaneseSearch: DefaultTheme.LocalSearchOptions = {
  translations: {
    button: { buttonText: "検索", buttonAriaLabel: "検索" },
    modal: {
      displayDetails: "本文も表示する",
      resetButtonTitle: "検索語を消す",
      backButtonTitle: "検索を閉じる",
      noResultsText: "見つかりませんでした:",
      footer: { selectText: "開く", navigateText: "移動", closeText: "閉じる" },
    },
  },
};
