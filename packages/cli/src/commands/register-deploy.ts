import type { Words } from "@workbook/toolchain";
import type { Options, Register } from "../command-line.ts";

const VARIANT = "--variant <name>";
const VARIANTS: Words = [
  "solution, start, or the path of a stack.ts",
  "solution、start、または stack.ts のパス",
];

/** Left out, commands take the learner's copy. */
const variantOf = ({ variant }: Options) => (variant === undefined ? undefined : String(variant));

/** The commands that deploy, prove and look at what was deployed. */
export function registerDeployCommands({ command }: Register): void {
  command("run [lab]", [
    "Deploy a lab's solution, check it, print its addresses",
    "章の解答をデプロイして確かめ、アドレスを表示する",
  ]).does(async (session, _options, lab) => (await import("./run.ts")).runCommand(session, lab));
  command("deploy [lab]", [
    "Apply your stacks, push images, move services on",
    "スタックを適用し、イメージをプッシュし、サービスを更新する",
  ])
    .option(VARIANT, VARIANTS)
    .does(async (session, options, lab) =>
      (await import("./deploy.ts")).deployCommand(session, lab, variantOf(options)),
    );
  command("plan [lab]", [
    "Say what a deploy would change; exit code 1: something",
    "デプロイで何が変わるかを示す (変わるなら終了コード 1)",
  ])
    .option(VARIANT, VARIANTS)
    .does(async (session, options, lab) =>
      (await import("./plan.ts")).planCommand(session, lab, variantOf(options)),
    );
  command("check [lab]", [
    "Look at what you wrote, and at what runs",
    "書いたものと、動いているものを確かめる",
  ])
    .option(VARIANT, VARIANTS)
    .option("--all", ["Go on after a check that does not pass", "不合格のチェックがあっても続ける"])
    .option("--junit <file>", [
      "Write a report that CI systems read as well",
      "CI のシステムが読めるレポートも書く",
    ])
    .does(async (session, options, lab) =>
      (await import("./check.ts")).checkCommand(session, lab, {
        variant: variantOf(options),
        keepGoing: options["all"] === true,
        junitFile: options["junit"] === undefined ? undefined : String(options["junit"]),
      }),
    );
  command("verify [...labs]", [
    "Prove labs both ways: start fails, solution passes, wrong answers are caught",
    "章を両方から証明する: 始まりは不合格、解答は合格、誤りは見つかる",
  ])
    .option("--all", ["All labs", "すべての章"])
    .option("--shard <part>", ["One part of them, such as 1/4", "その一部。例: 1/4"])
    .option("--lanes <number>", ["How many clouds work side by side", "並べて動かすクラウドの数"])
    .does(async (session, options, ...args) =>
      (await import("./verify.ts")).verifyCommand(session, args.flat(), {
        all: options["all"] === true,
        shard: options["shard"] as string | undefined,
        lanes: options["lanes"] as string | undefined,
      }),
    );
  command("destroy [lab]", ["Take away what a lab made", "章で作ったものを片付ける"]).does(
    async (session, _options, lab) => (await import("./destroy.ts")).destroyCommand(session, lab),
  );
  command("build [app]", [
    "Build the images of the apps, without Docker",
    "アプリのイメージを Docker なしでビルドする",
  ]).does(async (session, _options, app) =>
    (await import("./build.ts")).buildCommand(session, app),
  );
}
