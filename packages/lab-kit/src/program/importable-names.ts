import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { closest, distance } from "fastest-levenshtein";

/** Something that a program can import. */
export interface Importable {
  readonly name: string;
  /** What stands behind `from`. */
  readonly module: string;
  /** Whether it is no more than a type, which Node knows nothing of. */
  readonly isType: boolean;
}

const PROVIDER = "@cdktf/provider-aws";
const INFRA = "@workbook/infra";
const DECLARATION =
  /^export (?:declare )?(?:abstract )?(class|interface|type|enum|function|const) (\w+)/gm;

/**
 * What a learner's program can import, read from the packages themselves: the classes of the AWS provider, by the path of
 * their own, the workbook's constructs, cdktf and constructs.
 */
export class ImportableNames {
  readonly #require: NodeJS.Require;

  /** @param stack the program's `stack.ts`: packages are looked for from there */
  constructor(stack: string) {
    this.#require = createRequire(stack);
  }

  /** All that a program could mean by a name: AWS's own first, then the workbook's. */
  find(name: string): readonly Importable[] {
    const [class_] = this.#ofProvider(name);
    const others = [INFRA, "cdktf", "constructs"].flatMap((module) => this.#ofPackage(module));
    return [...(class_ ? [class_] : []), ...others.filter((each) => each.name === name)];
  }

  /** The one that is meant by a name that does not exist, such as `ECRRepository` or `EcrRepositry`. */
  nearest(name: string): Importable | undefined {
    const folder = closestTo(name, this.#providerFolders().map(squeeze));
    const found = this.#providerFolders().find((each) => squeeze(each) === folder);
    const classes = found === undefined ? [] : this.#classesOf(found);
    const others = [INFRA, "cdktf"].flatMap((module) => this.#ofPackage(module));
    const all = [...classes, ...others].filter((each) => !each.isType);
    const meant = closestTo(
      name,
      all.map((each) => each.name.toLowerCase()),
    );
    return all.find((each) => each.name.toLowerCase() === meant);
  }

  /** The module that is meant by one that does not exist: `…/lib/ecr-repository`, `@workbook/infra/Cluster`. */
  nearestModule(module: string): string | undefined {
    if (module.startsWith(PROVIDER)) {
      const folder = /^@cdktf\/provider-aws\/(?:lib\/)?([^/]*)/.exec(module)?.[1] ?? "";
      const folders = this.#providerFolders();
      const meant = closestTo(folder.replaceAll("-", ""), folders.map(squeeze));
      const found = folders.find((each) => squeeze(each) === meant);
      return found && `${PROVIDER}/lib/${found}/index.js`;
    }
    if (module.includes("infra")) {
      const name = module
        .split("/")
        .at(-1)!
        .replace(/\.[jt]s$/, "");
      const names = this.#infraFiles();
      const meant = closestTo(squeeze(name), names.map(squeeze));
      const found = names.find((each) => squeeze(each) === meant);
      return found && `${INFRA}/${found}`;
    }
    const known = [PROVIDER, "cdktf", "constructs"].filter((each) => each !== module);
    return closestTo(module.toLowerCase(), known);
  }

  /** What a class of the provider's has, such as `id` and `arn`; nothing where there is no such class. */
  membersOf(name: string): readonly string[] {
    const [class_] = this.#ofProvider(name);
    const folder = class_ && /lib\/([^/]+)\//.exec(class_.module)?.[1];
    if (folder === undefined) return [];
    const source = readFileSync(join(this.#providerFolder()!, folder, "index.d.ts"), "utf8");
    const body = source.slice(source.indexOf(`export declare class ${name} `));
    return [...body.matchAll(/^ {4}get (\w+)\(\)/gm)].map(([, member]) => member!);
  }

  /** The values that a type of the workbook's allows, where it is a choice of strings. */
  choices(type: string): readonly string[] {
    for (const file of this.#infraFiles()) {
      const source = readFileSync(join(this.#infraFolder()!, `${file}.ts`), "utf8");
      const found = new RegExp(`export type ${type} = ([^;]+);`).exec(source)?.[1];
      if (found) return [...found.matchAll(/"([^"]*)"/g)].map(([, value]) => value!);
    }
    return [];
  }

  #ofProvider(name: string): Importable[] {
    const wanted = name.toLowerCase();
    // `EcsServiceNetworkConfiguration` is of `ecs-service`: the longest name that it begins with.
    const folders = this.#providerFolders()
      .filter((folder) => wanted.startsWith(squeeze(folder)) || folder === "provider")
      .toSorted((a, b) => b.length - a.length);
    for (const folder of folders) {
      const found = this.#declaredIn(folder).filter((each) => each.name === name);
      if (found.length > 0) return found;
    }
    return [];
  }

  #classesOf(folder: string): Importable[] {
    return this.#declaredIn(folder).filter(({ isType }) => !isType);
  }

  #declaredIn(folder: string): Importable[] {
    const directory = join(this.#providerFolder()!, folder);
    return readdirSync(directory)
      .filter((file) => file.endsWith(".d.ts"))
      .flatMap((file) => declarations(join(directory, file), `${PROVIDER}/lib/${folder}/index.js`));
  }

  #providerFolder(): string | undefined {
    const manifest = this.#resolve(`${PROVIDER}/package.json`);
    return manifest && join(dirname(manifest), "lib");
  }

  #providerFolders(): string[] {
    const folder = this.#providerFolder();
    if (folder === undefined) return [];
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  #ofPackage(module: string): Importable[] {
    if (module === INFRA) {
      const folder = this.#infraFolder();
      if (folder === undefined) return [];
      return this.#infraFiles().flatMap((file) =>
        declarations(join(folder, `${file}.ts`), `${INFRA}/${file}`),
      );
    }
    const manifest = this.#resolve(`${module}/package.json`);
    const folder = manifest && join(dirname(manifest), "lib");
    if (folder === undefined || !existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((file) => file.endsWith(".d.ts"))
      .flatMap((file) => declarations(join(folder, file), module));
  }

  #infraFolder(): string | undefined {
    const settings = this.#resolve(`${INFRA}/settings`);
    return settings && dirname(settings);
  }

  #infraFiles(): string[] {
    const folder = this.#infraFolder();
    if (folder === undefined) return [];
    return readdirSync(folder)
      .filter((file) => file.endsWith(".ts") && !/\.test\.ts$|^testing\.ts$/.test(file))
      .map((file) => file.replace(/\.ts$/, ""));
  }

  /** Where a module lies; undefined where the program's folder leads to none, as one without `node_modules`. */
  #resolve(module: string): string | undefined {
    try {
      return this.#require.resolve(module);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
      throw error;
    }
  }
}

/** The line that imports something. */
export function importLine({ name, module, isType }: Importable): string {
  return `import ${isType ? "type " : ""}{ ${name} } from "${module}";`;
}

/** The one of some names that is so like another that it must be meant: a fifth of the letters may differ. */
export function closestTo(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const wanted = name.toLowerCase();
  const found = closest(wanted, names);
  const allowed = Math.max(1, Math.floor(Math.max(wanted.length, found.length) / 5));
  return distance(wanted, found.toLowerCase()) <= allowed ? found : undefined;
}

function declarations(file: string, module: string): Importable[] {
  return [...readFileSync(file, "utf8").matchAll(DECLARATION)].map(([, kind, name]) => ({
    name: name!,
    module,
    isType: kind === "interface" || kind === "type",
  }));
}

function squeeze(name: string): string {
  return name.replaceAll("-", "").toLowerCase();
}
