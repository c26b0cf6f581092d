/**
 * What VitePress is to watch for a data loader: nothing while it builds. It would look for the files with a glob that walks
 * the whole clone with all packages in it, which takes longer than all else together.
 */
export function watched(...patterns: string[]): string[] | undefined {
  return process.env["NODE_ENV"] === "production" ? undefined : patterns;
}
