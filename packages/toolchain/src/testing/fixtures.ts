import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { onTestFinished } from "vitest";

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "workbook-toolchain-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a program, and the folders above it. @returns its path */
export function writeProgram(file: string, script: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A web server with some files, on a free port of this machine, until the test ends. */
export interface FileServer {
  readonly address: string;
  /** The paths that were asked for, in order. */
  readonly requests: string[];
}

/** Serves the bytes under their paths; everything else is 404. */
export async function serve(files: Readonly<Record<string, Buffer | string>>): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    requests.push(path);
    const content = files[path];
    if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-length": Buffer.byteLength(content) }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  onTestFinished(() => server.closeAllConnections());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** A ZIP archive of the files, deflated. */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const bytes = Object.entries(files).map(([name, content]) => [name, strToU8(content)]);
  return Buffer.from(zipSync(Object.fromEntries(bytes)));
}
