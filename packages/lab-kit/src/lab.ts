import type { Price } from "./prices.ts";
import { recipeFor } from "@workbook/stand-in-images/recipes";
import type { Text } from "@workbook/toolchain";
import type { WebApp } from "./web-app.ts";

/** A program that a lab needs on the machine, beyond Node.js. */
export type Tool = "terraform" | "go";

/** How much of one thing that costs money exists while the lab's stacks do. */
export interface CostItem {
  readonly price: Price;
  readonly quantity: number;
}

/** What a lab is, for people and for the programs that run it. */
export interface LabManifest {
  /** Name of its folder: two digits, then words, e.g. `08-two-services`. */
  readonly id: string;
  readonly title: Text;
  readonly summary: Text;
  /** How long it takes to read, write, try and wait, without set-up; `pnpm check` compares it with what that is made of. */
  readonly minutes: number;
  readonly needs: readonly Tool[];
  /** Set where its tasks have to be containers, as on Fargate: what they do is not to be had of processes of this machine. */
  readonly needsContainers?: true;
  /** The apps whose images it builds; each is pushed to `<repository>-<owner>`, where that repository exists. */
  readonly apps: readonly WebApp[];
  /**
   * Images of public registries that its tasks run, by their full names, such as `public.ecr.aws/nginx/nginx:1.28`. When the lab is
   * proved, and where no registry can be reached, images made on this machine stand in for them.
   */
  readonly publicImages?: readonly string[];
  /** The Dockerfiles that the learner writes, out of `files`, by the app's container; other apps have their own. */
  readonly dockerfiles?: Readonly<Record<string, string>>;
  /**
   * The chapter whose solution it begins with, where that is not the one before it: `08-two-services` where those between are not written
   * yet, or build what this one does without.
   */
  readonly standsOn?: string;
  /** The stacks of its solution; in which order they are applied, and which needs which, says the program itself. */
  readonly stacks: readonly string[];
  /** The files that the learner edits, relative to `start/` and to the learner's copy. */
  readonly files: readonly string[];
  /** What its solution has over that of the chapter that it stands on; left out where there is none. */
  readonly teaches?: {
    /** Types of resources, data sources and outputs, in their order. */
    readonly adds: readonly string[];
    /** What was there and is otherwise now, such as `service/resource.aws_ecs_service.node_service`. */
    readonly changes: readonly string[];
    /** The stacks into which something moves that was in another; left out where nothing does. */
    readonly moves?: readonly string[];
  };
  /** Id of the check that the start state fails at. */
  readonly startFailsAt: string;
  /** Set for the one lab that commands take where none is named. */
  readonly isFullHandsOn?: true;
  /** What is paid for by the hour on AWS; empty when nothing is. */
  readonly cost: readonly CostItem[];
}

/** A manifest does not describe a lab; the message names the field. */
export class LabManifestError extends Error {
  override readonly name = "LabManifestError";
}

/**
 * Checks a manifest and hands it back.
 *
 * @throws {LabManifestError} for the first field that cannot be right
 */
export function defineLab(manifest: LabManifest): LabManifest {
  const { id, minutes, files, stacks, dockerfiles = {}, publicImages = [] } = manifest;
  const unmade = publicImages.find((image) => recipeFor(image) === undefined);
  const unlisted = Object.values(dockerfiles).find((file) => !files.includes(file));
  const problem =
    (!/^\d\d(?:-[a-z0-9]+)+$/.test(id) && `id "${id}" is not like 08-two-services`) ||
    (!(minutes > 0) && `minutes is ${minutes}, which is no length of time`) ||
    (files.length === 0 && "files names nothing for the learner to edit") ||
    (stacks.length === 0 && "stacks names nothing to apply") ||
    (unlisted !== undefined && `dockerfiles names ${unlisted}, which is not among files`) ||
    (unmade !== undefined && `publicImages names ${unmade}, for which nothing can stand in`) ||
    emptyText({ title: manifest.title, summary: manifest.summary });
  if (problem) throw new LabManifestError(`${id}: ${problem}`);
  return manifest;
}

function emptyText(texts: Readonly<Record<string, Text>>): string | undefined {
  for (const [field, text] of Object.entries(texts)) {
    for (const [language, words] of Object.entries(text)) {
      if (words.trim() === "") return `${field} has no words in ${language}`;
    }
  }
  return undefined;
}

/**
 * What the lab costs on AWS while it is deployed.
 *
 * @returns US dollars an hour
 */
export function costPerHour(cost: readonly CostItem[]): number {
  return cost.reduce((sum, { price, quantity }) => sum + quantity * price.usdPerHour, 0);
}
