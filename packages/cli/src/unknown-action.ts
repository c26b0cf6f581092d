import { UserError } from "@workbook/toolchain";
import { actionsOf } from "./help.ts";
import { suggest } from "./suggest.ts";

/** An action that a command does not have, or none: which there are, and the one that may have been meant. */
export function unknownAction(command: string, action: string | undefined): UserError {
  const actions = actionsOf(command);
  const [en, ja] = [actions.join(", "), actions.join("、")];
  const meant = action === undefined ? undefined : suggest(action, actions);
  const options = {
    code: "USAGE",
    next: meant === undefined ? `./workbook help ${command}` : `./workbook ${command} ${meant}`,
    exitCode: 2,
  } as const;
  if (action === undefined)
    return new UserError(
      [`"${command}" needs an action: ${en}.`, `"${command}" には操作が必要です: ${ja}。`],
      options,
    );
  const did = meant === undefined ? "" : ` Did you mean ${meant}?`;
  const maybe = meant === undefined ? "" : `${meant} のことでしょうか?`;
  return new UserError(
    [
      `There is no "${command} ${action}": choose one of ${en}.${did}`,
      `"${command} ${action}" はありません。${ja} から選びます。${maybe}`,
    ],
    options,
  );
}
