/** Where a build has its own files: in what it makes, but for the sources. */
export const TMP = "/codebuild/output/tmp";

/** A text as one word of a shell, whatever is in it. */
export const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** What lines are written as in a script, each as it is. */
export const printed = (lines: readonly string[]) =>
  lines.length === 0 ? "" : `printf '%s\\n' ${lines.map(quoted).join(" ")}\n`;

/** Assignments that a shell reads. */
export const exportedLines = (variables: Readonly<Record<string, string>>) =>
  Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join("");

/** A script that puts a text into a file, byte by byte. */
export function written(file: string, text: string): string {
  return `printf '%s' ${quoted(text)} > ${quoted(file)}\n`;
}

/**
 * The program of a build's container: asks for one step after the other, does it, and tells what came of it. Its end is the end
 * of the steps.
 * @param url where the steps are
 */
export const agentScript = (url: string) => `exec 2>&1 </dev/null
U=${quoted(url)}
T=${TMP}
mkdir -p "$T" /codebuild/readonly
chmod 1777 "$T"
: > "$T/report"
while curl -s -f -o "$T/step.sh" --data-binary "@$T/report" "$U/next"; do
: > "$T/report"
. "$T/step.sh"
done
`;
