import type { SpawnedCloud } from "../tests/support/spawned-cloud.ts";

export type ClientConfig = SpawnedCloud["clientConfig"] & { readonly forcePathStyle: true };

/** A service that is written to: how, and what is there afterwards. */
export interface Subject {
  readonly service: string;
  /** Resolves when the write is acknowledged. */
  create(name: string): Promise<void>;
  /** As {@link create}. Absent where nothing is ever removed. */
  remove?(name: string): Promise<void>;
  /** All that there is, and what is missing of it; "" where nothing is. */
  find(): Promise<Map<string, string>>;
}

/** Says what is missing where `isWhole` does not hold. */
export const unless = (isWhole: boolean, missing: string) => (isWhole ? "" : missing);

/** Reads page after page. */
export async function collect<T>(
  read: (token: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await read(token);
    all.push(...items);
    token = next;
  } while (token !== undefined);
  return all;
}
