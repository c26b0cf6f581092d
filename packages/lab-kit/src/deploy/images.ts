import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { BaseRegistries, buildImage, pushImage, type BuiltImage } from "@workbook/image-builder";
import { join } from "node:path";
import { both, type Words } from "@workbook/toolchain";
import { allRepositories } from "../repositories.ts";
import { isAwsItself, requirePushed } from "./docker-images.ts";
import { variantDirectory, type PushedImage } from "../synth.ts";
import type { WebApp } from "../web-app.ts";
import type { Deployment } from "./stack.ts";
import type { FoundTools, WorkbookDirectories } from "./target.ts";

export type { UsedBase } from "@workbook/image-builder";

/** An app and the image that was built of it. */
export interface BuiltApp {
  readonly app: WebApp;
  readonly image: BuiltImage;
  /** Path of the Dockerfile; the one in the app's folder unless told. */
  readonly dockerfile?: string;
}

/** What building an app's image needs. */
export interface BuildOptions {
  readonly directories: WorkbookDirectories;
  readonly tools: FoundTools;
  /** Path of the Dockerfile; the one in the app's folder unless told. */
  readonly dockerfile?: string;
  /** Where the images that its FROMs name are fetched; without it their names are recorded, and the workbook's runtime stands in. */
  readonly bases?: BaseRegistries;
  readonly signal?: AbortSignal;
  readonly onDetail?: (what: Words) => void;
}

/** The registries of base images, for all images of one command. @param file the learner's list of mirrors */
export const baseRegistries = (file: string): BaseRegistries => new BaseRegistries({ file });

/** Builds the images of a lab's apps, with the Dockerfiles that the lab's variant has of its own. */
export function buildApps(
  { lab, variant, directories, tools, signal }: Deployment,
  onDetail?: (what: Words) => void,
): Promise<BuiltApp[]> {
  const folder = variantDirectory(lab.directory, variant);
  const own = (app: WebApp) => lab.dockerfiles?.[app.container];
  const underWay = new Map<WebApp, Words>();
  return Promise.all(
    lab.apps.map(async (app) => {
      const file = own(app);
      const dockerfile = file === undefined ? undefined : join(folder, file);
      const built = await buildApp(app, {
        directories,
        tools,
        dockerfile,
        signal,
        onDetail: (what) => {
          underWay.set(app, what);
          onDetail?.(what);
        },
      });
      underWay.delete(app);
      // What is waited for now is another one.
      const other = [...underWay.values()].at(-1);
      if (other !== undefined) onDetail?.(other);
      return built;
    }),
  );
}

/** Builds the image of an app: its folder is the context. */
export async function buildApp(app: WebApp, options: BuildOptions): Promise<BuiltApp> {
  const { directories, tools, dockerfile, bases, signal, onDetail } = options;
  const image = await buildImage({
    context: join(directories.root, app.folder),
    dockerfile,
    outputDir: join(directories.state, "images"),
    cacheDir: join(directories.state, "cache"),
    tools: { ...tools.build, path: tools.build.path ? [...tools.build.path] : undefined },
    bases,
    signal,
    onProgress: (event) =>
      onDetail?.(both`${app.container}: ${"said" in event ? event.said : event.text}`),
  });
  return { app, image, dockerfile };
}

/** An app's image and the repository that it belongs in. */
export interface PlacedApp extends BuiltApp {
  readonly repository: string;
  /** As a task definition names it. */
  readonly name: string;
}

/** The names that images have, or will have once pushed, in those repositories of the owner that exist. */
export async function nameApps(
  { target }: Deployment,
  built: readonly BuiltApp[],
): Promise<PushedImage[]> {
  const ecr = new ECRClient(target.connection);
  try {
    return (await place(ecr, target.owner, built)).map(({ app, name }) => ({ app, image: name }));
  } finally {
    ecr.destroy();
  }
}

/**
 * Pushes images to those repositories of the owner that exist, under tags made from their content: an image that is there
 * already is not pushed again.
 * @returns the images pushed, by the name that a task definition calls them
 */
export async function pushApps(
  { target, signal }: Deployment,
  built: readonly BuiltApp[],
  onDetail: (what: Words) => void,
): Promise<PushedImage[]> {
  const ecr = new ECRClient(target.connection);
  try {
    const placed = await place(ecr, target.owner, built);
    if (isAwsItself(target)) {
      await requirePushed(ecr, placed);
      return placed.map(({ app, name }) => ({ app, image: name }));
    }
    const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
    const { authorizationToken, proxyEndpoint } = authorizationData![0]!;
    for (const { app, image, repository } of placed) {
      onDetail([`pushing ${app.container}`, `${app.container} をプッシュしています`]);
      await pushImage({
        image,
        registry: proxyEndpoint!,
        repository,
        tags: [image.contentTag],
        authorization: `Basic ${authorizationToken}`,
        signal,
      });
    }
    return placed.map(({ app, name }) => ({ app, image: name }));
  } finally {
    ecr.destroy();
  }
}

async function place(
  ecr: ECRClient,
  owner: string,
  built: readonly BuiltApp[],
): Promise<PlacedApp[]> {
  const repositories = await allRepositories(ecr);
  return built.flatMap(({ app, image, dockerfile }) => {
    const found = repositories.find(
      ({ repositoryName }) => repositoryName === `${app.repository}-${owner}`,
    );
    if (!found) return [];
    return [
      {
        app,
        image,
        dockerfile,
        repository: found.repositoryName!,
        name: `${found.repositoryUri}:${image.contentTag}`,
      },
    ];
  });
}
