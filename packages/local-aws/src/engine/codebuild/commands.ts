import type { AgentSession } from "./agent/agent-session.ts";
import { exportedLines, quoted, TMP, written } from "./agent/shell.ts";
import { BuildFault } from "./build-fault.ts";
import type { Buildspec } from "./buildspec/buildspec.ts";

/**
 * Runs a build's commands: each is a script of its own that begins in the folder, and with the variables, in which the one before
 * it ended. That is how CodeBuild has one shell for all of them that a command cannot end.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec-ref-versions
 */
export class Commands {
  readonly #session: AgentSession;
  readonly #shell: Buildspec["shell"];
  readonly #stamp: (line: string) => string;

  constructor(session: AgentSession, shell: Buildspec["shell"], stamp: (line: string) => string) {
    this.#session = session;
    this.#shell = shell;
    this.#stamp = stamp;
  }

  /** Sets what the first command begins with. */
  async begin(folder: string, variables: Readonly<Record<string, string>>): Promise<void> {
    await this.#session.run(
      `${written(`${TMP}/env.sh`, exportedLines(variables))}${written(`${TMP}/dir.txt`, folder)}chmod a+rw "$T/env.sh" "$T/dir.txt"\n`,
    );
  }

  /** Sets variables for the commands that follow. */
  async set(variables: Readonly<Record<string, string>>): Promise<void> {
    await this.#session.run(`printf '%s' ${quoted(exportedLines(variables))} >> "$T/env.sh"\n`);
  }

  /**
   * @param runAs a user of the image; root without one
   * @throws BuildFault `COMMAND_EXECUTION_ERROR`
   */
  async run(command: string, runAs?: string): Promise<void> {
    this.#session.say(this.#stamp(`Running command ${command}`));
    const script = `cd "$(cat ${TMP}/dir.txt)"
. ${TMP}/env.sh
set -a
${command}
CODEBUILD_LAST_EXIT=$?
export -p > ${TMP}/env.sh
pwd > ${TMP}/dir.txt
exit $CODEBUILD_LAST_EXIT
`;
    const user = runAs === undefined ? "" : asUser(runAs);
    const report = await this.#session.run(
      `${written(`${TMP}/script.sh`, script)}chmod a+r "$T/script.sh"\n${user}${this.#shell} "$T/script.sh"\necho $? > "$T/report"\n`,
    );
    const code = Number(report.toString());
    if (code === 0) return;
    this.#session.say(
      this.#stamp(`Command did not exit successfully ${command} exit status ${code}`),
    );
    throw new BuildFault(
      "COMMAND_EXECUTION_ERROR",
      `Error while executing command: ${command}. Reason: exit status ${code}`,
    );
  }

  /** What variables are now; those that are not set are left out. */
  async read(names: readonly string[]): Promise<readonly { name: string; value: string }[]> {
    const known = names.filter((name) => /^[A-Za-z_]\w*$/.test(name));
    if (known.length === 0) return [];
    const prints = known.map(
      (name) => `[ -z "\${${name}+set}" ] || printf '%s=%s\\0' ${name} "$${name}"`,
    );
    const script = `. ${TMP}/env.sh\n${prints.join("\n")}\n`;
    const report = await this.#session.run(
      `${written(`${TMP}/script.sh`, script)}${this.#shell} "$T/script.sh" > "$T/report"\n`,
    );
    return report
      .toString()
      .split("\0")
      .filter(Boolean)
      .map((pair) => ({
        name: pair.slice(0, pair.indexOf("=")),
        value: pair.slice(pair.indexOf("=") + 1),
      }));
  }

  /** A text as the shell reads it: `app-$(date +%Y)`. */
  async expand(text: string): Promise<string> {
    const script = `cd "$(cat ${TMP}/dir.txt)"\n. ${TMP}/env.sh\nprintf '%s' "${text.replaceAll(/["\\]/g, "\\$&")}"\n`;
    const report = await this.#session.run(
      `${written(`${TMP}/script.sh`, script)}${this.#shell} "$T/script.sh" > "$T/report"\n`,
    );
    return report.toString();
  }
}

/** Without PAM, for which small images have no files. */
function asUser(name: string): string {
  const id = (what: string) => `"$(id -${what} ${quoted(name)})"`;
  return `setpriv --reuid ${id("u")} --regid ${id("g")} --init-groups `;
}
