import type { Language } from "@workbook/toolchain";

/** How far the making of the site is; undefined before the first page. */
export interface BuildProgress {
  readonly done: number;
  readonly pages: number;
}

/** Where a waiting page asks how far it is. */
export const BUILD_PATH = "/_site/build";

const WORDS = {
  en: {
    title: "The site is being made",
    once: "That happens once, and again when its sources have changed. This page opens by itself when it is there.",
    begins: "It begins.",
    so: "PAGES of ALL pages",
    gone: "The site's server has stopped: its terminal says why.",
  },
  ja: {
    title: "サイトを作成しています",
    once: "作成するのは初回と、内容が変わったあとだけです。できあがると、このページは自動的に開きます。",
    begins: "始めています。",
    so: "ALL ページ中 PAGES ページ",
    gone: "サイトのサーバーが止まりました。理由はターミナルに表示されています。",
  },
};

/** What stands in the place of any page until there is one: it says how far it is, and becomes the page. */
export function waitingPage(language: Language): string {
  const words = WORDS[language];
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>ECS Workbook</title>
<style>
body { font: 1.05rem/1.7 system-ui, sans-serif; max-width: 34rem; margin: 22vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; }
progress { width: 100%; height: 0.6rem; accent-color: #2f7f74; }
</style>
</head>
<body>
<main>
<h1>${words.title}</h1>
<p>${words.once}</p>
<progress id="bar" max="1" value="0" aria-label="${words.title}"></progress>
<p id="so" role="status">${words.begins}</p>
</main>
<script>
const words = ${JSON.stringify(words)};
async function look() {
  try {
    const { built, done, pages } = await (await fetch("${BUILD_PATH}", { cache: "no-store" })).json();
    // With the fragment, in which the key of the workbook may be.
    if (built) return location.reload();
    if (pages) {
      document.getElementById("bar").value = done / pages;
      document.getElementById("so").textContent = words.so.replace("PAGES", done).replace("ALL", pages);
    }
    setTimeout(look, 500);
  } catch {
    document.getElementById("so").textContent = words.gone;
    setTimeout(look, 2000);
  }
}
look();
</script>
</body>
</html>
`;
}
