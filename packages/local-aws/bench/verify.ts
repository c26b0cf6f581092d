import { join } from "node:path";
import type { Workbench } from "./api.ts";
import { format, type Row } from "./table.ts";
import { Workbook } from "./workbook.ts";

/** Measures how long it takes to prove every lab both ways, wrong answers included. */
export async function measureVerify({ root, directory }: Workbench): Promise<Row[]> {
  const workbook = await Workbook.at(root, join(directory, "verify"));
  const seconds = await workbook.seconds("verify", "--all");
  const what = "./workbook verify --all";
  return [{ what, ours: format.seconds(seconds), other: "", ratio: "", aim: "≤ 240 s" }];
}
