export { COMMANDS } from "./command-line/commands.ts";
export { actionsOf, type Command } from "./command-line/define-command.ts";
export { EXIT_CODES } from "./command-line/exit-codes.ts";
export { optionsOf } from "./command-line/global-options.ts";
export { actionUsage, groupsOf, optionUsage, usageOf } from "./command-line/help.ts";
