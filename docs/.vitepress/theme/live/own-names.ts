import type { ListenerPicture } from "@workbook/local-aws/live";

/** Whose names the pages are written with, before each is shown to a reader as their own. */
const WRITTEN_OWNER = /(?<![a-z0-9])hanako(?![a-z0-9])/g;
const WRITTEN_ADDRESS = /http:\/\/127\.0\.0\.1(?::(\d+))?/g;

/** What stands on the reader's machine for what pages are written with. */
export interface OwnNames {
  /** Undefined until the workbook knows it. */
  readonly owner: string | undefined;
  /** Where the load balancers' listeners answer, such as `http://127.0.0.1:10080`, by their ports. */
  readonly addresses: ReadonlyMap<number, string>;
}

/** Where listeners answer on this machine, by their ports. */
export function addressesOf(listeners: readonly ListenerPicture[]): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const { port, url } of listeners)
    if (url !== null && !found.has(port)) found.set(port, new URL(url).origin);
  return found;
}

/** A command, or what it prints, as it is on the reader's machine. */
export function toOwn(written: string, { owner, addresses }: OwnNames): string {
  return written
    .replaceAll(WRITTEN_OWNER, (name) => owner ?? name)
    .replaceAll(WRITTEN_ADDRESS, (address, port = "80") => addresses.get(Number(port)) ?? address);
}
