import type { Proof, ProofKind, VerifyReport } from "@workbook/lab-kit/deploy";
import columns from "string-width";
import { both, say, type Language, type Text, type Words } from "@workbook/toolchain";
import { formatDuration, style } from "./style.ts";
import { fill } from "./wrap.ts";
import { nextStep } from "./next.ts";

/** How much of what was seen fits beside a proof that passed. */
const DETAIL_CHARACTERS = 100;

/** One proof, as it ends. */
export function formatProof({ lab, kind, id, passed, detail, seconds, artifacts }: Proof): string {
  const what = kind === id ? kind : `${kind} ${id}`;
  const took = style.quiet(formatDuration(seconds * 1000));
  if (passed) return `✓ ${lab.slice(0, 2)} ${what}  ${style.quiet(shorten(detail))}  ${took}`;
  const more = artifacts === undefined ? [] : [`    ${artifacts}`];
  return [`✗ ${lab.slice(0, 2)} ${what}  ${took}`, `    ${detail}`, ...more].join("\n");
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= DETAIL_CHARACTERS ? line : `${line.slice(0, DETAIL_CHARACTERS - 1)}…`;
}

const COLUMNS: readonly (readonly [title: Words, kinds: readonly ProofKind[]])[] = [
  [["start fails", "start は不合格"], ["start"]],
  [["start plans nothing", "start のプランは空"], ["start-plan"]],
  [["deployed", "デプロイ"], ["deploy"]],
  [["solution passes", "solution は合格"], ["solution"]],
  [["second plan empty", "2 回目のプランは空"], ["second-plan"]],
  [["destroy leaves nothing", "削除後に何も残らない"], ["destroy"]],
  [
    ["wrong answers caught", "誤答の検出"],
    ["mutation", "deployed-mutation"],
  ],
];

/**
 * A row a lab, a column a kind of proof, and the totals.
 *
 * @param notRunHere ids of labs that were asked for and whose tasks cannot run on this machine
 */
export function formatSummary(
  report: VerifyReport,
  language: Language,
  notRunHere: readonly string[] = [],
): string {
  const failed = report.proofs.filter(({ passed }) => !passed);
  const next =
    failed[0] === undefined ? "./workbook run" : `./workbook verify ${failed[0].lab.slice(0, 2)}`;
  return [
    ...tableOf(report, language),
    "",
    ...failed.map(formatProof),
    ...notRunHere.map((id) =>
      say(
        [
          `- ${id.slice(0, 2)} not run here: its tasks have to be containers (./workbook doctor)`,
          `- ${id.slice(0, 2)} ここでは動きません: タスクがコンテナとして動く必要があります (./workbook doctor)`,
        ],
        language,
      ),
    ),
    say(verdictOf(report, notRunHere.length), language),
    "",
    say(nextStep(next), language),
  ].join("\n");
}

/** A line a lab, below that of the titles. */
function tableOf(report: VerifyReport, language: Language): string[] {
  const labs = [...new Set(report.proofs.map(({ lab }) => lab))].toSorted();
  const rows = [
    [["lab", "ラボ"] as const, ...COLUMNS.map(([title]) => title)].map((title) =>
      say(title, language),
    ),
    ...labs.map((lab) => [
      lab,
      ...COLUMNS.map(([, kinds]) =>
        cell(report.proofs.filter((proof) => proof.lab === lab && kinds.includes(proof.kind))),
      ),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => columns(row[column]!))));
  return rows.map((row) =>
    row
      .map((text, column) => fill(text, widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}

/** @param left how many of the labs that were asked for do not run here */
function verdictOf(report: VerifyReport, left: number): Text {
  const failed = report.proofs.filter(({ passed }) => !passed).length;
  const mutants = report.proofs.filter(({ kind }) => kind.endsWith("mutation"));
  const caught = new Set(mutants.map(({ lab, id }) => `${lab} ${id}`)).size;
  const [proofs, took] = [report.proofs.length, formatDuration(report.seconds * 1000)];
  const total: Words = [
    `${proofs} proofs, ${caught} wrong answers, in ${took}${left > 0 ? `, ${left} ${left === 1 ? "chapter" : "chapters"} not run here` : ""}`,
    `証明 ${proofs} 件、誤答 ${caught} 件、${took}${left > 0 ? `、ここでは動かない章 ${left} つ` : ""}`,
  ];
  const outcome: Words =
    failed === 0
      ? ["all hold.", "すべて成立しました。"]
      : [`${failed} fail.`, `${failed} 件が不成立です。`];
  return both`${total}: ${outcome}`;
}

function cell(proofs: readonly Proof[]): string {
  if (proofs.length === 0) return "–";
  const passed = proofs.filter((proof) => proof.passed).length;
  const mark = passed === proofs.length ? "✓" : "✗";
  return proofs.length === 1 ? mark : `${mark} ${passed}/${proofs.length}`;
}
