import { buildApp } from "@workbook/lab-kit/deploy";
import { GO_APP, inStep, NODE_APP, type WebApp } from "@workbook/lab-kit";
import { both, list, UserError } from "@workbook/toolchain";
import { basename } from "node:path";
import type { Session } from "../session.ts";
import { nextStep } from "../output/next.ts";

const APPS: readonly WebApp[] = [NODE_APP, GO_APP];

/** Builds the images of the apps, without Docker. */
export async function buildCommand(session: Session, name: string | undefined): Promise<number> {
  const wanted = APPS.filter(
    ({ folder, container }) =>
      name === undefined || [folder, basename(folder), container].includes(name.replace(/\/$/, "")),
  );
  if (wanted.length === 0) {
    const folders = APPS.map(({ folder }) => folder).join(", ");
    throw new UserError(
      [
        `There is no app "${name}": choose one of ${folders}.`,
        `アプリ "${name}" はありません。次から選んでください: ${folders}`,
      ],
      {
        code: "APP_UNKNOWN",
        next: "./workbook build",
        exitCode: 2,
      },
    );
  }
  const tools = await session.target.tools({ needs: ["terraform", "go"] });
  const { root, state } = session.workspace;
  const results = [];
  for (const app of wanted) {
    const { image } = await inStep(session.progress, app.folder, async (step) => {
      const value = await buildApp(app, {
        directories: { root, state },
        tools,
        signal: session.signal,
        onDetail: (what) => step.detail(what),
      });
      return { summary: value.image.digest, value };
    });
    results.push({
      app: app.folder,
      digest: image.digest,
      tag: image.contentTag,
      layers: image.layers,
      warnings: image.warnings,
    });
  }
  const lines = results.flatMap(({ app, digest, tag, layers }) => [
    both`${app}  ${digest}  ${["tag", "タグ"]} ${tag}`,
    ...layers.map(({ digest: layer, size, createdBy }) => {
      const bytes = String(size).padStart(10);
      return both`  ${layer.slice(0, 19)}  ${bytes} ${["bytes", "バイト"]}  ${createdBy}`;
    }),
  ]);
  session.result(results, list([...lines, "", nextStep("./workbook run")], "\n"));
  return 0;
}
