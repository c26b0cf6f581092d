import { isTrailer } from "./response-head.ts";

/** Trailers as lines, without those that have no place behind a body. @param rawTrailers names and values in turn */
export function trailerLines(rawTrailers: readonly string[]): string {
  let lines = "";
  for (let index = 0; index < rawTrailers.length; index += 2)
    if (isTrailer(rawTrailers[index]!))
      lines += `${rawTrailers[index]}: ${rawTrailers[index + 1]}\r\n`;
  return lines;
}

/** Headers without the framing of the target's own connection. */
export function withoutChunking(headers: string[]): string[] {
  for (let index = 0; index < headers.length; index += 2)
    if (headers[index]!.length === 17 && headers[index]!.toLowerCase() === "transfer-encoding")
      headers.splice(index, 2);
  return headers;
}

/** Headers with some set in place of the target's own. @param serverHeader whether the target may name itself */
export function replaceHeaders(
  headers: readonly string[],
  serverHeader: boolean,
  added: readonly (readonly [string, string])[],
): string[] {
  const replaced = new Set(added.map(([name]) => name.toLowerCase()));
  if (!serverHeader) replaced.add("server");
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2)
    if (!replaced.has(headers[index]!.toLowerCase()))
      kept.push(headers[index]!, headers[index + 1]!);
  for (const [name, value] of added) kept.push(name, value);
  return kept;
}
