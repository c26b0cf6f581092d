import { inBrowser, type Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { h } from "vue";

import ChapterList from "./components/chapter-list.vue";
import DiagramArrow from "./components/diagram-arrow.vue";
import DiagramBox from "./components/diagram-box.vue";
import DiagramFrame from "./components/diagram-frame.vue";
import HomePage from "./components/home-page.vue";
import LabCost from "./components/lab-cost.vue";
import LabFacts from "./components/lab-facts.vue";
import LabQuiz from "./components/lab-quiz.vue";
import NotFound from "./components/not-found.vue";
import StackPicture from "./components/stack-picture.vue";
import LiveGate from "./live/live-gate.vue";
import { openForPrint } from "./print-answers.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/diagram.css";

export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      "layout-bottom": () => h(LiveGate),
      "not-found": () => h(NotFound),
    }),
  enhanceApp({ app }) {
    const components = {
      ChapterList,
      DiagramArrow,
      DiagramBox,
      Diagram: DiagramFrame,
      HomePage,
      LabCost,
      LabFacts,
      LabQuiz,
      StackPicture,
    };
    for (const [name, component] of Object.entries(components)) app.component(name, component);
    if (inBrowser) openForPrint();
  },
} satisfies Theme;
