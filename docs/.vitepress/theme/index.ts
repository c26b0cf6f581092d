import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";

import ChapterList from "./components/chapter-list.vue";
import DiagramArrow from "./components/diagram-arrow.vue";
import DiagramBox from "./components/diagram-box.vue";
import DiagramFrame from "./components/diagram-frame.vue";
import HomePage from "./components/home-page.vue";
import LabCost from "./components/lab-cost.vue";
import LabFacts from "./components/lab-facts.vue";
import LabQuiz from "./components/lab-quiz.vue";
import StackPicture from "./components/stack-picture.vue";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/diagram.css";

export default {
  extends: DefaultTheme,
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
  },
} satisfies Theme;
