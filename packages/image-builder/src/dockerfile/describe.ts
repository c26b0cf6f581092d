import type { Instruction } from "./parse.ts";

/** An instruction as the image's history shows it. */
export function describe({ keyword, flags, text }: Instruction): string {
  const words = flags.map(({ name, value }) => (value === "" ? `--${name}` : `--${name}=${value}`));
  return [keyword, ...words, text].join(" ");
}
