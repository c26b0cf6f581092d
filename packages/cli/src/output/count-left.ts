import type { Words } from "@workbook/toolchain";

/** How many resources are left. */
export function countLeft(count: number): Words {
  return count === 0 ? ["nothing", "なし"] : [`${count} resources`, `リソース ${count} 件`];
}
