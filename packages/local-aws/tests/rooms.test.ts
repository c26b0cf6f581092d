import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { ROOMS } from "./support/rooms.ts";

const packageFolder = join(import.meta.dirname, "..");
const source = join(packageFolder, "src");
const docs = join(packageFolder, "../../docs");
/** Whatever names a module: imports, exports from one, imports on demand; types as well as values. */
const SPECIFIER = /(?:\bfrom|\bimport\(|^import)\s*"(\.[^"]+)"/gm;

/** Tests and their helpers start whole clouds: they stand beside the rooms. */
const files = globSync("**/*.ts", { cwd: source }).filter(
  (file) => !/\.test(?:-d)?\.ts$|(?:^|\/)testing(?:\/|\.ts$)/.test(file),
);

const TABLE = "services/table.ts";

/** Where the room of a file stands in the list; the closest name counts. */
function floorOf(file: string): number {
  const named = ROOMS.filter((room) => file === room || file.startsWith(`${room}/`));
  const closest = named.toSorted((a, b) => b.length - a.length)[0] ?? ".";
  // A service that no room is named for stands on the others: below their table, whose row is all else that it needs.
  if (closest === "." && /^services\/[^/]+\//.test(file)) return ROOMS.indexOf(TABLE) - 0.5;
  const isRoot = closest === "." && file.includes("/");
  if (isRoot) throw new Error(`${file} is in no room`);
  return ROOMS.indexOf(closest);
}

/** The files that one names, types and imports on demand included. */
const importsOf = (file: string): string[] =>
  Array.from(readFileSync(join(source, file), "utf8").matchAll(SPECIFIER), ([, specifier]) =>
    relative(source, join(source, dirname(file), specifier!)),
  );

test("no room imports from one above it", () => {
  const upwards = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => floorOf(imported) > floorOf(file))
      .map((imported) => `${file} imports ${imported}`),
  );
  expect(upwards).toEqual([]);
});

test("less than a fifth of the files serve one neighbour in their folder alone", () => {
  const importers = new Map(files.map((file) => [file, new Set<string>()]));
  for (const file of files)
    for (const imported of importsOf(file)) importers.get(imported)?.add(file);
  const neighbourOf = (file: string): string | undefined => {
    const [only, ...others] = importers.get(file)!;
    return only && others.length === 0 && dirname(only) === dirname(file) ? only : undefined;
  };
  // A service has a file for each family of its operations, and its table alone asks for them.
  const isTable = (file = "") => /^services\/[^/]+\/service\.ts$/.test(file);
  const free = files.filter((file) => !isTable(neighbourOf(file)));
  const alone = free.filter((file) => neighbourOf(file) !== undefined);
  const why = `${alone.length} of ${free.length} files are paragraphs of a neighbour:\n${alone.join("\n")}`;
  expect(alone.length / free.length, why).toBeLessThan(0.2);
});

test("each room is there", () => {
  const empty = ROOMS.filter(
    (room) => !files.some((file) => floorOf(file) === ROOMS.indexOf(room)),
  );
  // The models are data.
  expect(empty).toEqual(["models"]);
});

test.each(["architecture.md", "ja/architecture.md"])("%s shows the same rooms in order", (page) => {
  const [, after = ""] = readFileSync(join(docs, page), "utf8").split("| `ground`");
  const [table = ""] = `| \`ground\`${after}`.split(/\n\n/);
  const shown = Array.from(table.matchAll(/^\| `([^`]+)` +\|/gm), ([, room]) => room);
  expect(shown).toEqual(ROOMS);
});

test("what a test alone needs lies in a folder called testing", () => {
  const astray = globSync("**/{test-*,*-test-*,tiny-image}.ts", { cwd: source }).filter(
    (file) => !file.includes("testing/"),
  );
  expect(astray).toEqual([]);
});

test("the same room has the same name in every service", () => {
  const other = globSync("services/*/{errors,words,paging,paginate}.ts", { cwd: source });
  expect(other).toEqual([]);
  // Sessions are IAM's keys: STS has neither a state nor sentences of its own. Members stand in the row while they are few.
  // The connections of CodeStar are those of CodeConnections, under an older name.
  const without = ["codestar-connections", "kit", "sts", "testing"];
  // What it tells is kept by the others.
  const stateless = "resourcegroupstaggingapi";
  const services = globSync("services/*/", { cwd: source })
    .map((folder) => folder.split("/")[1]!)
    .filter((name) => !name.includes(".") && !without.includes(name));
  expect(services.length).toBeGreaterThan(6);
  for (const service of services)
    for (const room of ["service", ...(service === stateless ? [] : ["state"]), "faults"])
      expect(files, `${room} of ${service}`).toContain(`services/${service}/${room}.ts`);
});
