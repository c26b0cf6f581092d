import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { learnerCompilerOptions } from "@workbook/lab-kit";
import { writeInOneStep, type LearnerFolder } from "./learner-folder.ts";

/**
 * Puts beside the learner's copies what makes modules of them for Node, and a project for editors. What a learner has made
 * of these files stays; a tsconfig.json that an earlier workbook wrote is brought up to date.
 *
 * @param root the clone
 */
export function writeProjectFiles(folder: LearnerFolder, root: string): void {
  const there = relative(folder.root, root).replaceAll("\\", "/") || ".";
  const settings = {
    compilerOptions: learnerCompilerOptions(`${there}/node_modules/@types`),
    include: ["**/*.ts"],
    exclude: ["**/node_modules", "**/cdktf.out"],
  };
  write(folder, "package.json", { private: true, type: "module" }, []);
  write(folder, "tsconfig.json", settings, [
    { extends: `${there}/tsconfig.json`, include: ["*/"], exclude: settings.exclude },
  ]);
}

/** @param outdated what earlier versions wrote */
function write(
  folder: LearnerFolder,
  name: string,
  value: object,
  outdated: readonly object[],
): void {
  const file = join(folder.root, name);
  const isTheirs = existsSync(file) && !outdated.map(toJson).includes(readFileSync(file, "utf8"));
  if (!isTheirs) writeInOneStep(folder, file, toJson(value));
}

function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
