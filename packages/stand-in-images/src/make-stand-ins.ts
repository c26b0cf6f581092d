import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileLock } from "@workbook/toolchain";
import { debianFiles, distribution } from "./debian-files.ts";
import type { Entry, Recipe } from "./recipe.ts";
import { nodeFiles } from "./build-recipe.ts";
import { RECIPES, recipeFor } from "./recipes.ts";
import { blobFile, writeImage, type Descriptor } from "./write-image.ts";

/** An image of a layout, by one of its names. */
interface NamedImage extends Descriptor {
  readonly annotations: Readonly<Record<string, string>>;
}

/** What is made in a layout, and for what. */
export interface StandIn {
  /** `nginx`. */
  readonly name: string;
  /** What it stands in for, with registry and tag. */
  readonly images: readonly string[];
  /** `nginx 1.22.1-9 of Debian`. */
  readonly version: string;
  readonly digest: string;
}

/** The name of an image in a layout. https://github.com/opencontainers/image-spec/blob/main/annotations.md */
const REF_NAME = "org.opencontainers.image.ref.name";
const VERSION = "org.opencontainers.image.version";
/** Whose runtime an image stands on. https://github.com/opencontainers/image-spec/blob/main/annotations.md */
const BASE = "org.opencontainers.image.base.name";
/** Of one that is run also where the public one can be had. */
const ALWAYS = "workbook.stand-in.always";
/** What a recipe and the program were when the image was made: others make it again. */
const RECIPE = "workbook.stand-in.recipe";

/**
 * Makes images that stand in for public ones, of Debian's packages: where a layout has them, at once; else in some seconds.
 * Several processes may ask at a time.
 * @param layout an OCI image layout; made where it is not there
 * @param images full names, such as `public.ecr.aws/nginx/nginx:1.28`
 * @throws Error where there is no recipe, or this machine lacks what it takes
 */
export async function makeStandIns(
  layout: string,
  images: readonly string[],
  signal?: AbortSignal,
): Promise<readonly StandIn[]> {
  const recipes = new Set(images.map((image) => recipeFor(image) ?? noRecipe(image)));
  const made: StandIn[] = [];
  for (const recipe of recipes) made.push(await makeStandIn(layout, recipe, signal));
  return made;
}

/** Whether an image is always made here, and never fetched. */
export const isAlwaysMade = (image: string): boolean => recipeFor(image)?.always === true;

/** What a layout has for an image's full name; undefined where it has nothing. */
export function findStandIn(layout: string, image: string): Descriptor | undefined {
  return readIndex(layout).find(({ annotations }) => annotations[REF_NAME] === image);
}

/** The full names of all images of a layout. */
export function namesIn(layout: string): string[] {
  return readIndex(layout).flatMap(({ annotations }) => annotations[REF_NAME] ?? []);
}

async function makeStandIn(
  layout: string,
  recipe: Recipe,
  signal: AbortSignal | undefined,
): Promise<StandIn> {
  mkdirSync(layout, { recursive: true });
  const images = recipe.repositories.flatMap((repository) =>
    recipe.tags.map((tag) => `${repository}:${tag}`),
  );
  using lock = new FileLock(join(layout, "index.lock"));
  await lock.wait(signal);
  const key = createHash("sha256").update(JSON.stringify(recipe)).digest("hex");
  const index = readIndex(layout);
  const known = index.find(
    ({ annotations, digest }) =>
      annotations[RECIPE] === key && existsSync(blobFile(layout, digest)),
  );
  if (known) return told(recipe, images, known);
  const scratch = join(layout, `debs-${recipe.name}`);
  const { base } = recipe;
  const { entries, version } =
    base === undefined
      ? await ofPackages(recipe, scratch, signal)
      : { entries: new Map(Object.entries(recipe.files)), version: recipe.version };
  const labels = { [VERSION]: version, ...(base !== undefined && { [BASE]: base }) };
  const config = { ...recipe.config, Labels: labels };
  const descriptor = await writeImage(layout, entries, config);
  const named = images.map((image) => ({
    ...descriptor,
    annotations: {
      [REF_NAME]: image,
      [VERSION]: version,
      [RECIPE]: key,
      ...(recipe.always && { [ALWAYS]: "true" }),
    },
  }));
  const others = index.filter(({ annotations }) => !images.includes(annotations[REF_NAME] ?? ""));
  writeIndex(layout, [...others, ...named]);
  return told(recipe, images, named[0]!);
}

async function ofPackages(recipe: Recipe, scratch: string, signal: AbortSignal | undefined) {
  const { entries, versions } = await debianFiles(recipe, scratch, signal);
  const version = `${recipe.version} ${versions.get(recipe.version)} of ${distribution()}`;
  return { entries: finished(entries, recipe), version };
}

function told(recipe: Recipe, images: readonly string[], made: NamedImage): StandIn {
  const { digest, annotations } = made;
  return { name: recipe.name, images, version: annotations[VERSION] ?? "", digest };
}

function noRecipe(image: string): never {
  const known = RECIPES.flatMap(({ repositories }) => repositories).join(", ");
  throw new Error(`nothing here can stand in for ${image}: only for ${known}`);
}

/** The packages' files, with what installing them would have made. */
function finished(
  packages: ReadonlyMap<string, Entry>,
  { users, files, hasNode }: Recipe,
): ReadonlyMap<string, Entry> {
  const entries = new Map(packages);
  for (const name of ["bin", "sbin", "lib", "lib64"])
    entries.set(name, { type: "symlink", target: `usr/${name}` });
  const folder = (mode: number): Entry => ({ type: "directory", mode });
  entries.set("tmp", folder(0o1777)).set("var/tmp", folder(0o1777)).set("run", folder(0o755));
  entries.set("root", folder(0o700)).set("var/log", folder(0o755));
  for (const [file, more] of [
    ["passwd", users.map(([name, id]) => `${name}:x:${id}:${id}::/nonexistent:/bin/false\n`)],
    ["group", users.map(([name, id]) => `${name}:x:${id}:\n`)],
  ] as const) {
    const master = entries.get(`usr/share/base-passwd/${file}.master`);
    const given = master?.type === "file" ? master.content.toString() : "";
    entries.set(`etc/${file}`, { type: "file", content: given + more.join(""), mode: 0o644 });
  }
  if (hasNode) for (const [path, entry] of nodeFiles()) entries.set(path, entry);
  for (const [path, entry] of Object.entries(files)) entries.set(path, entry);
  return entries;
}

/** The names in a layout; none where there is no layout. */
export function readIndex(layout: string): readonly NamedImage[] {
  const file = join(layout, "index.json");
  if (!existsSync(file)) return [];
  const { manifests } = JSON.parse(readFileSync(file, "utf8")) as { manifests: NamedImage[] };
  return manifests;
}

function writeIndex(layout: string, manifests: readonly NamedImage[]): void {
  const mediaType = "application/vnd.oci.image.index.v1+json";
  writeFileSync(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const file = join(layout, "index.json");
  writeFileSync(`${file}.new`, JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  renameSync(`${file}.new`, file);
}
