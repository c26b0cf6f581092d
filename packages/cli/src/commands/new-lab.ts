import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { listLabs, loadLab, newLabFiles } from "@workbook/lab-kit";
import { list, UserError, type Words } from "@workbook/toolchain";
import { nextStep } from "../output/next.ts";
import { style } from "../output/style.ts";
import type { Session } from "../session.ts";

/** Makes the folder of a chapter that is to be written, on top of the one before it. `pnpm check` fails until it is. */
export async function newLabCommand(session: Session, id: string | undefined): Promise<number> {
  const { labs } = session.workspace;
  const known = listLabs(labs);
  const example = exampleId(known);
  const refused = (message: Words) => refusal(message, example);
  if (id === undefined || !/^\d\d(?:-[a-z0-9]+)+$/.test(id))
    throw refused([
      `A chapter is called like ${example}${id === undefined ? "" : `, not ${id}`}: two digits, then words.`,
      `章の名前は ${example} のように、2 桁の数字と単語で付けます。${id === undefined ? "" : `${id} は使えません。`}`,
    ]);
  const given = id;
  const same = known.find((each) => each.slice(0, 2) === given.slice(0, 2));
  const before = known.findLast((each) => each < given);
  const folder = join(labs, given);
  if (same !== undefined || existsSync(folder))
    throw refused([
      `There is a chapter ${given.slice(0, 2)} already: ${same ?? folder}.`,
      `第 ${given.slice(0, 2)} 章はすでにあります: ${same ?? folder}`,
    ]);
  if (before === undefined)
    throw refused([
      `No chapter comes before ${given}, which it could stand on.`,
      `${given} の前に、土台になる章がありません。`,
    ]);
  const files = newLabFiles(given, await loadLab(join(labs, before)));
  for (const [name, text] of files) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const names = [...files.keys()].toSorted();
  const stands: Words = [
    `It begins where ${before} ends. pnpm check says what is still open.`,
    `${before} の終わりから始まります。残っているものは pnpm check が示します。`,
  ];
  const lines = names.map((name) => `  ${style.name(`labs/${given}/${name}`)}`);
  session.result(
    { lab: given, before, files: names },
    list([...lines, "", stands, "", nextStep("./workbook pnpm check")], "\n"),
  );
  return 0;
}

/** A name that the next chapter could have. */
function exampleId(known: readonly string[]): string {
  const number = Number(known.at(-1)?.slice(0, 2) ?? 0) + 1;
  return `${String(number).padStart(2, "0")}-sidecar`;
}

function refusal(message: Words, example: string): UserError {
  return new UserError(message, {
    code: "LAB_NAME_INVALID",
    next: `./workbook new-lab ${example}`,
    exitCode: 2,
  });
}
