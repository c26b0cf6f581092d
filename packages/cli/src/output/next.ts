import { both, list, type Text, type Words } from "@workbook/toolchain";

/** What the last lines of a command begin with. */
export const NEXT = ["Next:", "次:"] as const;

/** What to type then: `Next: ./workbook logs, or ./workbook destroy`. */
export function nextStep(...commands: readonly Words[]): Text {
  return both`${NEXT} ${list(commands, [", or ", " または "])}`;
}
