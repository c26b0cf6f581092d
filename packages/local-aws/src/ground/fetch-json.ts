/** How long another server may take, from the first byte that is sent to it to the last of its answer. */
const LONGEST_MS = 5000;
const MOST_BYTES = 256 * 1024;

/** What became of asking for a document: it, or why there is none. */
export type FetchedJson =
  | { readonly kind: "json"; readonly value: unknown }
  /** `unreachable` is nobody there in time, `unusable` an answer that is no JSON, too long, or says to look elsewhere. */
  | { readonly kind: "unreachable" | "unusable"; readonly cause: unknown };

/** Reads a JSON document of another server: within 5 seconds, up to 256 KiB, without following where it sends one. */
export async function fetchJson(url: URL): Promise<FetchedJson> {
  let text: string;
  try {
    const answer = await fetch(url, {
      redirect: "manual",
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(LONGEST_MS),
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      return unusable(`${url.href} answered ${answer.status}`);
    }
    const read = await readShort(answer);
    if (read === undefined) return unusable(`${url.href} has more than ${MOST_BYTES} bytes`);
    text = read;
  } catch (cause) {
    return { kind: "unreachable", cause };
  }
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch (cause) {
    return { kind: "unusable", cause };
  }
}

const unusable = (message: string): FetchedJson => ({
  kind: "unusable",
  cause: new Error(message),
});

/** The text of an answer; undefined where it is too long: the rest is not read. */
async function readShort({ body }: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > MOST_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
