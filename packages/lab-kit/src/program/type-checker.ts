import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import type { API, Diagnostic, Project } from "typescript/unstable/async";
import { learnerCompilerOptions } from "./compiler-options.ts";
import { wholeProvider } from "./explain-imports.ts";
import { explainTypes } from "./explain-types.ts";
import { ImportableNames } from "./importable-names.ts";
import type { Problem } from "./problem.ts";

/** What a part of a learner's program is, for whoever explains a diagnostic. */
export interface Types {
  /** The names that what stands at an offset of the file has: `id`, `arn`, … */
  membersAt(file: string, offset: number): Promise<readonly string[]>;
}

/** A diagnostic of one of the learner's files. */
export interface FileDiagnostic extends Diagnostic {
  /** Absolute. */
  readonly fileName: string;
  /** As the learner calls it. */
  readonly shown: string;
  readonly content: string;
}

/**
 * Type-checks a learner's program with the native compiler: some 0.2 s for the first time, and a fraction of that for
 * every one after it. One process waits until `close`.
 */
export class TypeChecker {
  readonly #folder = mkdtempSync(join(tmpdir(), "type-check-"));
  /** Loaded for the first check: whoever imports this room need not be checking anything. */
  #api: Promise<API> | undefined;
  /** The `.ts` files of the folder and what was in them when they were looked at last. */
  readonly #seen = new Map<string, string>();
  readonly #opened = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  /**
   * What is wrong with a program, first things first: where it cannot be read, nothing else is told.
   *
   * @param stack path of the `stack.ts`; it and what it imports of the learner's own are looked at
   * @returns nothing where all is well
   */
  check(stack: string): Promise<readonly Problem[]> {
    const done = this.#last.then(() => this.#check(realpathSync(stack)));
    this.#last = done.catch(() => {});
    return done;
  }

  /** Ends the process; what is being checked is of no interest any more. */
  async close(): Promise<void> {
    // At once: a command that ends may not come back to what it has not waited for.
    rmSync(this.#folder, { recursive: true, force: true });
    await this.#last;
    // A Ctrl-C reaches the compiler as well: what it has forgotten by then it cannot give back, and it ends all the same.
    await (await this.#api)?.close().catch(() => {});
  }

  async #check(stack: string): Promise<readonly Problem[]> {
    const directory = dirname(stack);
    const importable = new ImportableNames(stack);
    const whole = wholeProvider(basename(stack), readFileSync(stack, "utf8"), importable);
    if (whole) return [whole];
    const project = await this.#project(stack);
    const names = await project.program.getSourceFileNames();
    const own = names.filter((name) => isLearners(name, directory));
    const syntax = await this.#diagnose(own, directory, (name) =>
      project.program.getSyntacticDiagnostics(name),
    );
    const wrong =
      syntax.length > 0
        ? syntax
        : await this.#diagnose(own, directory, (name) =>
            project.program.getSemanticDiagnostics(name),
          );
    return explainTypes(wrong, typesOf(project), importable);
  }

  async #project(stack: string): Promise<Project> {
    const config = this.#configuration(stack);
    const isNew = !this.#opened.has(config);
    this.#api ??= import("typescript/unstable/async").then(
      ({ API: Compiler }) => new Compiler({ cwd: this.#folder }),
    );
    const api = await this.#api;
    const snapshot = await api.updateSnapshot({
      ...(isNew && { openProjects: [config] }),
      fileChanges: this.#changes(dirname(stack)),
    });
    this.#opened.add(config);
    const project = snapshot.getProject(config);
    if (project === undefined) throw new Error(`The compiler does not know ${config}`);
    return project;
  }

  /** The program is the one `stack.ts` and what it imports: what else lies beside it does not matter. */
  #configuration(stack: string): string {
    const file = join(this.#folder, `${Buffer.from(stack).toString("hex").slice(-120)}.json`);
    const nodeTypes = createRequire(import.meta.url).resolve("@types/node/package.json");
    const compilerOptions = learnerCompilerOptions(dirname(dirname(nodeTypes)));
    writeFileSync(file, JSON.stringify({ compilerOptions, files: [stack] }));
    return file;
  }

  /** The compiler does not watch the files: it is told which of them are other ones now. */
  #changes(directory: string) {
    const now = new Map(learnersFiles(directory).map((file) => [file, readFileSync(file, "utf8")]));
    const before = new Map([...this.#seen].filter(([file]) => dirname(file).startsWith(directory)));
    const changed = [...now].filter(([file, content]) => (before.get(file) ?? content) !== content);
    for (const [file, content] of now) this.#seen.set(file, content);
    const deleted = [...before.keys()].filter((file) => !now.has(file));
    for (const file of deleted) this.#seen.delete(file);
    return {
      changed: changed.map(([file]) => file),
      created: [...now.keys()].filter((file) => !before.has(file)),
      deleted,
    };
  }

  async #diagnose(
    files: readonly string[],
    directory: string,
    ask: (file: string) => Promise<readonly Diagnostic[]>,
  ): Promise<FileDiagnostic[]> {
    const perFile = await Promise.all(
      files.map(async (fileName) => {
        const content = readFileSync(fileName, "utf8");
        const shown = relative(directory, fileName).replaceAll("\\", "/");
        return (await ask(fileName)).map((each) => ({ ...each, fileName, shown, content }));
      }),
    );
    return perFile.flat();
  }
}

function typesOf({ checker }: Project): Types {
  return {
    async membersAt(file, offset) {
      const type = await checker.getTypeAtPosition(file, offset);
      if (type === undefined) return [];
      return (await checker.getPropertiesOfType(type)).map(({ name }) => name);
    },
  };
}

/** What a program is made of lies in the folder of its `stack.ts`, or, shared between chapters, beside that. */
function isLearners(file: string, directory: string): boolean {
  return file.startsWith(`${dirname(directory)}/`) && !file.includes("/node_modules/");
}

function learnersFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && entry.name !== "node_modules") return learnersFiles(path);
    return entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name) ? [path] : [];
  });
}
