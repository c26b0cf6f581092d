import { defineCommand, flag } from "./define-command.ts";
import { LAB, VARIANT } from "./learning.ts";

/** What deploys, and what makes images for it. */
export const DEPLOYING = [
  defineCommand({
    name: "deploy",
    group: "deploy",
    isEssential: true,
    summary: [
      "Apply your stacks, push images, move services on",
      "スタックを適用し、イメージをプッシュし、サービスを更新する",
    ],
    args: { lab: LAB },
    options: { variant: VARIANT },
    target: "any",
    run: async (session, { lab }, { variant }) =>
      (await import("../commands/deploy.ts")).deployCommand(session, lab, variant),
  }),
  defineCommand({
    name: "plan",
    group: "deploy",
    isEssential: true,
    summary: [
      "Say what a deploy would change; exit code 1: something",
      "デプロイで何が変わるかを示す (変わるなら終了コード 1)",
    ],
    args: { lab: LAB },
    options: { variant: VARIANT },
    target: "any",
    exits: { 1: ["something would change", "変更がある"] },
    run: async (session, { lab }, { variant }) =>
      (await import("../commands/plan.ts")).planCommand(session, lab, variant),
  }),
  defineCommand({
    name: "move-state",
    group: "deploy",
    summary: [
      "Put each resource into the state of the stack it is in now",
      "リソースを、いま書かれているスタックのステートに移す",
    ],
    args: { lab: LAB },
    options: { variant: VARIANT },
    target: "any",
    run: async (session, { lab }, { variant }) =>
      (await import("../commands/move-state.ts")).moveStateCommand(session, lab, variant),
  }),
  defineCommand({
    name: "destroy",
    group: "deploy",
    isEssential: true,
    summary: ["Take away what a lab made", "章で作ったものを片付ける"],
    args: { lab: LAB },
    target: "any",
    run: async (session, { lab }) =>
      (await import("../commands/destroy.ts")).destroyCommand(session, lab),
  }),
  defineCommand({
    name: "build",
    group: "deploy",
    summary: [
      "Build the images of the apps, without Docker",
      "アプリのイメージを Docker なしでビルドする",
    ],
    args: { app: {} },
    options: {
      pull: flag([
        "Fetch the images that FROM names, and run RUN in them",
        "FROM のイメージを取得し、RUN をその中で実行する",
      ]),
    },
    run: async (session, { app }, { pull }) =>
      (await import("../commands/build.ts")).buildCommand(session, app, { pull }),
  }),
  defineCommand({
    name: "stand-in",
    group: "deploy",
    summary: [
      "Make an image that stands in for a public one, offline",
      "公開イメージの代わりをオフラインで作る",
    ],
    args: { image: {} },
    run: async (session, { image }) =>
      (await import("../commands/stand-in.ts")).standInCommand(session, image),
  }),
];
