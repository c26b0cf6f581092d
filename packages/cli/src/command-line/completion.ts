import { say, type Language } from "@workbook/toolchain";
import { actionsOf, takesValue, type Action, type Command, type Option } from "./define-command.ts";
import { optionsOf } from "./global-options.ts";

/** The shells that a completion is written for. */
export const SHELLS: readonly Action[] = [
  { name: "bash", does: ["For bash, 3.2 or newer", "bash (3.2 以降) 用"] },
  { name: "zsh", does: ["For zsh", "zsh 用"] },
  { name: "fish", does: ["For fish", "fish 用"] },
];

/** What a completion is made of. */
export interface Completed {
  readonly commands: readonly Command[];
  /** Ids of chapters. */
  readonly labs: readonly string[];
  readonly language: Language;
}

/** The program that makes a shell complete `workbook`, in whatever folder it is called: it starts nothing when it is used. */
export function completionScript(shell: string, completed: Completed): string {
  switch (shell) {
    case "bash":
      return forBash(completed);
    case "zsh":
      return forZsh(completed);
    case "fish":
      return forFish(completed);
    default:
      throw new RangeError(`no completion is written for ${shell}`);
  }
}

/** The words that an argument can be, where they are known. */
function wordsOf(command: Command, position: number, labs: readonly string[]): readonly string[] {
  const argument = Object.values(command.args)[position];
  if (argument?.actions) return argument.actions.map(({ name }) => name);
  return argument?.values === "labs" ? labs : (argument?.values ?? []);
}

/** Whether an option's value is a file: those that may be one of some words or a file are both. */
function takesFile(option: Option): boolean {
  return takesValue(option) && (option.values === "files" || option.takes === "<file>");
}

function valuesOf(option: Option): readonly string[] {
  return takesValue(option) && Array.isArray(option.values) ? option.values : [];
}

/** https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html */
function forBash({ commands, labs }: Completed): string {
  const cases = commands.flatMap((command) => {
    const { name } = command;
    const lines: string[] = [];
    for (const [option, what] of optionsOf(command)) {
      if (takesFile(what))
        lines.push(`    ${name}:*:--${option}) COMPREPLY=($(compgen -f -- "$word")); return ;;`);
      else if (takesValue(what))
        lines.push(`    ${name}:*:--${option}) known="${valuesOf(what).join(" ")}" ;;`);
    }
    for (const action of actionsOf(command))
      if (action.values)
        lines.push(`    ${name}:*:${action.name}) known="${action.values.join(" ")}" ;;`);
    const options = optionsOf(command).map(([option]) => `--${option}`);
    if (!command.isVerbatim) lines.push(`    ${name}:-*:*) known="${options.join(" ")}" ;;`);
    const first = wordsOf(command, 0, labs);
    if (first.length > 0) lines.push(`    ${name}:*:${name}) known="${first.join(" ")}" ;;`);
    return lines;
  });
  return `# Completes workbook in bash: eval "$(./workbook completion bash)"
_workbook() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} known=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    known="${commands.map(({ name }) => name).join(" ")}"
  else case "\${COMP_WORDS[1]}:$word:$before" in
${cases.join("\n")}
  esac fi
  COMPREPLY=($(compgen -W "$known" -- "$word"))
}
complete -o bashdefault -o default -F _workbook workbook
`;
}

/** https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
function forZsh({ commands, labs, language }: Completed): string {
  const described = commands.map(
    ({ name, summary }) => `    ${quoted(`${name}:${say(summary, language)}`)}`,
  );
  const cases = commands
    .filter(({ isVerbatim }) => !isVerbatim)
    .map((command) => {
      const specs = optionsOf(command).map(([name, option]) => {
        const says = say(option.does, language).replaceAll(/[[\]:\\]/g, "\\$&");
        if (!takesValue(option)) return `--${name}[${says}]`;
        const values = takesFile(option) ? "_files" : `(${valuesOf(option).join(" ")})`;
        return `--${name}[${says}]:${option.takes}:${values}`;
      });
      const args = Object.entries(command.args).map(([name, { isRest }], index) => {
        const words = `(${wordsOf(command, index, labs).join(" ")})`;
        return isRest ? `*:${name}:${words}` : `${index + 1}:${name}:${words}`;
      });
      const given = [...specs, ...args].map((spec) => ` ${quoted(spec)}`).join("");
      return `    ${command.name}) _arguments${given} ;;`;
    });
  return `#compdef workbook
# Completes workbook in zsh: eval "$(./workbook completion zsh)"
_workbook() {
  local -a commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join("\n")}
    *) _default ;;
  esac
}
compdef _workbook workbook
`;
}

/** https://fishshell.com/docs/current/completions.html */
function forFish({ commands, labs, language }: Completed): string {
  const lines = commands.flatMap((command) => {
    const says = say(command.summary, language);
    const begin = `complete -c workbook -n __fish_use_subcommand -a ${command.name} -d ${quoted(says)}`;
    if (command.isVerbatim) return [begin];
    const within = `complete -c workbook -n '__fish_seen_subcommand_from ${command.name}'`;
    const options = optionsOf(command).map(([name, option]) => {
      const short = takesValue(option) || option.short === undefined ? "" : ` -s ${option.short}`;
      const values = valuesOf(option).length > 0 ? ` -a ${quoted(valuesOf(option).join(" "))}` : "";
      const value = takesFile(option) ? " -r -F" : takesValue(option) ? ` -x${values}` : "";
      return `${within} -l ${name}${short}${value} -d ${quoted(say(option.does, language))}`;
    });
    const names = actionsOf(command).map(({ name }) => name);
    const first = `${within.slice(0, -1)}; and not __fish_seen_subcommand_from ${names.join(" ")}'`;
    const actions = actionsOf(command).flatMap(({ name, does, values = [] }) => [
      `${first} -a ${name} -d ${quoted(say(does, language))}`,
      ...(values.length > 0
        ? [
            `${within.slice(0, -1)}; and __fish_seen_subcommand_from ${name}' -a ${quoted(values.join(" "))}`,
          ]
        : []),
    ]);
    const words = actions.length > 0 ? [] : wordsOf(command, 0, labs);
    const args = words.length > 0 ? [`${within} -a ${quoted(words.join(" "))}`] : [];
    return [begin, ...options, ...actions, ...args];
  });
  return `# Completes workbook in fish: ./workbook completion fish | source
complete -c workbook -f
${lines.join("\n")}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
