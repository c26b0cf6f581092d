/**
 * The arguments of an instruction in its exec form, a JSON array of strings; undefined if the text is anything else,
 * which Docker takes as the shell form.
 * https://docs.docker.com/reference/dockerfile/#shell-and-exec-form
 */
export function parseJsonForm(text: string): string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // not JSON: the shell form, by Docker's rule
  }
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) return undefined;
  return value;
}
