import { baseRegistries, buildApp, type UsedBase } from "@workbook/lab-kit/deploy";
import { GO_APP, inStep, NODE_APP, type WebApp } from "@workbook/lab-kit";
import { both, list, UserError, type Text } from "@workbook/toolchain";
import { basename } from "node:path";
import type { Session } from "../session.ts";
import { registriesFile } from "../cloud/registries.ts";
import { nextStep } from "../output/next.ts";

const APPS: readonly WebApp[] = [NODE_APP, GO_APP];

/** Builds the images of the apps, without Docker: on their base images where those are wanted and can be had. */
export async function buildCommand(
  session: Session,
  name: string | undefined,
  { pull }: { readonly pull: boolean },
): Promise<number> {
  const wanted = appsNamed(name);
  const tools = await session.target.tools({ needs: ["terraform", "go"] });
  const { root, state } = session.workspace;
  const bases = pull ? baseRegistries(registriesFile(session.workspace)) : undefined;
  const results = [];
  for (const app of wanted) {
    const { image } = await inStep(session.progress, app.folder, async (step) => {
      const value = await buildApp(app, {
        directories: { root, state },
        tools,
        bases,
        signal: session.signal,
        onDetail: (what) => step.detail(what),
      });
      return { summary: value.image.digest, value };
    });
    results.push({
      app: app.folder,
      digest: image.digest,
      tag: image.contentTag,
      bases: image.bases,
      layers: image.layers,
      warnings: image.warnings,
    });
  }
  const lines = results.flatMap(({ app, digest, tag, bases: used, layers }) => [
    both`${app}  ${digest}  ${["tag", "タグ"]} ${tag}`,
    ...used.map(sayBase),
    ...layers.map(({ digest: layer, size, createdBy }) => {
      const bytes = String(size).padStart(10);
      return both`  ${layer.slice(0, 19)}  ${bytes} ${["bytes", "バイト"]}  ${createdBy}`;
    }),
  ]);
  session.result(results, list([...lines, "", nextStep("./workbook run")], "\n"));
  return 0;
}

/** The apps of a name, which may be that of a folder or of a container; all where none is given. */
function appsNamed(name: string | undefined): readonly WebApp[] {
  if (name === undefined) return APPS;
  const plain = name.replace(/\/$/, "");
  const named = APPS.filter(({ folder, container }) =>
    [folder, basename(folder), container].includes(plain),
  );
  if (named.length > 0) return named;
  const folders = APPS.map(({ folder }) => folder).join(", ");
  throw new UserError(
    [
      `There is no app "${name}": choose one of ${folders}.`,
      `アプリ "${name}" はありません。次から選んでください: ${folders}`,
    ],
    { code: "APP_UNKNOWN", next: "./workbook build", exitCode: 2 },
  );
}

function sayBase({ image, digest, reason }: UsedBase): Text {
  if (digest !== undefined) return both`  FROM ${image}: ${["fetched", "取得しました"]}, ${digest}`;
  const own = [
    "the workbook's own runtime in its place",
    "代わりにワークブックのランタイム",
  ] as const;
  return reason === undefined
    ? both`  FROM ${image}: ${own}`
    : both`  FROM ${image}: ${own} (${reason})`;
}
