import { join } from "node:path";
import type { Workbench } from "./api.ts";
import { format, type Row } from "./table.ts";
import { Workbook } from "./workbook.ts";

/** The chapters that every other one builds on. All of them take more than twice as long. */
const CORE = ["01", "02", "03", "04", "05", "06", "07", "08"];

/** Measures how long it takes to prove the core chapters both ways, wrong answers included. */
export async function measureVerify({ root, directory }: Workbench): Promise<Row[]> {
  const workbook = await Workbook.at(root, join(directory, "verify"));
  const seconds = await workbook.seconds("verify", ...CORE);
  const what = "./workbook verify 01 02 … 08";
  return [{ what, ours: format.seconds(seconds), other: "", ratio: "", aim: "≤ 240 s" }];
}
