import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Desk } from "../agent/agent-session.ts";
import { quoted } from "../agent/shell.ts";
import { DockerUsage, readDocker, type DockerCommand } from "./docker-arguments.ts";
import { doScript, failScript } from "./docker-shim.ts";
import type { DockerImages } from "./docker-images.ts";

interface Planned {
  readonly command: DockerCommand;
  exitCode: number;
}

/** Where the `docker` of one build asks for what is done outside. */
export class DockerDesk {
  readonly #images: DockerImages;
  readonly #planned: Planned[] = [];

  constructor(images: DockerImages) {
    this.#images = images;
  }

  readonly handle: Desk = async (path, request, response) => {
    const [what, number = ""] = path.split("/");
    if (what === "plan") return void response.end(this.#plan(await buffer(request)));
    const planned = this.#planned[Number(number)];
    if (!planned) return void response.writeHead(404).end();
    if (what === "exit") return void response.end(String(planned.exitCode));
    await this.#do(planned, request, response);
  };

  #plan(typed: Buffer): string {
    const [folder = "/", ...words] = typed.toString().split("\0").slice(0, -1);
    try {
      const command = readDocker(words, folder);
      const number = this.#planned.push({ command, exitCode: 1 }) - 1;
      return doScript(number, feedOf(command));
    } catch (error) {
      if (!(error instanceof DockerUsage)) throw error;
      return failScript(error.message);
    }
  }

  async #do(planned: Planned, request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.writeHead(200, { "content-type": "text/plain" });
    const say = (line: string) => void response.write(`${line}\n`);
    planned.exitCode = await this.#images.run(planned.command, request, say);
    response.end();
  }
}

/** What of the container a command needs. */
function feedOf(command: DockerCommand): string | undefined {
  if (command.kind === "build") {
    const { context, dockerfile } = command;
    const isOutside = dockerfile !== undefined && !dockerfile.startsWith(`${context}/`);
    // One that is not in the context comes beside it, by a name that no file has.
    const beside = isOutside
      ? ` --transform ${quoted(`s,^${dockerfile.slice(1)}$,${OUTSIDE},`)} -C / ${quoted(dockerfile.slice(1))}`
      : "";
    return `tar -C ${quoted(context)} -cf - .${beside}`;
  }
  return command.kind === "login" && command.password === undefined ? "cat" : undefined;
}

/** A Dockerfile that is not in its context, as it is sent. */
export const OUTSIDE = ".workbook-dockerfile";
