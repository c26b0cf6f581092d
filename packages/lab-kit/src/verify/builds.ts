import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildApp, type BuiltApp } from "../deploy/images.ts";
import type { Deployment } from "../deploy/stack.ts";
import { variantDirectory } from "../synth.ts";

/** Builds each image once for all lanes: the apps do not change while labs are proved, only Dockerfiles differ. */
export class Builds {
  readonly #built = new Map<string, Promise<BuiltApp>>();

  /** The images of a lab's apps, with the Dockerfiles that the lab's variant has of its own. */
  async of({ lab, variant, directories, tools, signal }: Deployment): Promise<BuiltApp[]> {
    const folder = variantDirectory(lab.directory, variant);
    return Promise.all(
      lab.apps.map(async (app) => {
        const own = lab.dockerfiles?.[app.container];
        const dockerfile = own === undefined ? undefined : join(folder, own);
        const content = dockerfile === undefined ? "" : await readFile(dockerfile, "utf8");
        const key = `${app.container}\n${content}`;
        const built =
          this.#built.get(key) ?? buildApp(app, { directories, tools, dockerfile, signal });
        this.#built.set(key, built);
        return built;
      }),
    );
  }
}
