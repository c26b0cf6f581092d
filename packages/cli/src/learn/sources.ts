import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Lab } from "@workbook/lab-kit";
import { ownerOf, type Workspace } from "../workspace.ts";
import type { Beginning } from "./chapters.ts";

/** What lies in source folders without being a source. */
const NO_SOURCE = /^(?:node_modules|cdktf\.out|\..*|.*\.test\.ts|README\.md)$/;

/**
 * The name of the snapshot in which a chapter's beginning is kept. It changes with everything that the beginning is made
 * of: who it is made for, the address that image names begin with, and the sources of stack, constructs and apps.
 */
export function beginningName(workspace: Workspace, lab: Lab, { variant }: Beginning): string {
  const { root, config } = workspace;
  const owner = ownerOf(workspace);
  const hash = createHash("sha256").update(`${owner}\0${config.port}\0${variant}\0`);
  const places = [
    join(lab.directory, variant),
    join(dirname(lab.directory), "main.ts"),
    join(lab.directory, "lab.ts"),
    join(root, "infra/src"),
    join(root, "infra/package.json"),
    ...lab.apps.map(({ folder }) => join(root, folder)),
  ];
  for (const place of places) {
    for (const file of sources(place))
      hash
        .update(`${relative(root, file)}\0`)
        .update(readFileSync(file))
        .update("\0");
  }
  return `after-${lab.id}-${owner}-${hash.digest("hex").slice(0, 12)}`;
}

function* sources(path: string): Generator<string> {
  if (!lstatSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).toSorted())
    if (!NO_SOURCE.test(name)) yield* sources(join(path, name));
}
