import { both, list, UserError } from "@workbook/toolchain";
import { actionsOf } from "./help.ts";
import { didYouMean, suggest } from "./suggest.ts";

/** An action that a command does not have, or none: which there are, and the one that may have been meant. */
export function unknownAction(command: string, action: string | undefined): UserError {
  const actions = actionsOf(command);
  const names = list(actions);
  const meant = action === undefined ? undefined : suggest(action, actions);
  const options = {
    code: "USAGE",
    next: meant === undefined ? `./workbook help ${command}` : `./workbook ${command} ${meant}`,
    exitCode: 2,
  } as const;
  if (action === undefined)
    return new UserError(
      [
        `"${command}" needs an action: ${names.en}.`,
        `"${command}" には操作が必要です: ${names.ja}。`,
      ],
      options,
    );
  return new UserError(
    both`${[
      `There is no "${command} ${action}": choose one of ${names.en}.`,
      `"${command} ${action}" はありません。次から選んでください: ${names.ja}。`,
    ]}${didYouMean(meant)}`,
    options,
  );
}
