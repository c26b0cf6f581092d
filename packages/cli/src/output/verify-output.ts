import type { Proof, ProofKind } from "@workbook/lab-kit/verify/proof";
import type { VerifyReport } from "@workbook/lab-kit/verify/verify";
import { formatDuration, style } from "./style.ts";

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

const COLUMNS: readonly (readonly [title: string, kinds: readonly ProofKind[]])[] = [
  ["start fails", ["start"]],
  ["start plans nothing", ["start-plan"]],
  ["deployed", ["deploy"]],
  ["solution passes", ["solution"]],
  ["second plan empty", ["second-plan"]],
  ["destroy leaves nothing", ["destroy"]],
  ["wrong answers caught", ["mutation", "deployed-mutation"]],
];

/** A row a lab, a column a kind of proof, and the totals. */
export function formatSummary(report: VerifyReport): string {
  const labs = [...new Set(report.proofs.map(({ lab }) => lab))].toSorted();
  const rows = [
    ["lab", ...COLUMNS.map(([title]) => title)],
    ...labs.map((lab) => [
      lab,
      ...COLUMNS.map(([, kinds]) =>
        cell(report.proofs.filter((proof) => proof.lab === lab && kinds.includes(proof.kind))),
      ),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  const failed = report.proofs.filter(({ passed }) => !passed);
  const mutants = report.proofs.filter(({ kind }) => kind.endsWith("mutation"));
  const caught = new Set(mutants.map(({ lab, id }) => `${lab} ${id}`)).size;
  const total = `${report.proofs.length} proofs, ${caught} wrong answers, in ${formatDuration(report.seconds * 1000)}`;
  const verdict = failed.length === 0 ? `${total}: all hold.` : `${total}: ${failed.length} fail.`;
  const next =
    failed[0] === undefined ? "./workbook run" : `./workbook verify ${failed[0].lab.slice(0, 2)}`;
  return [...lines, "", ...failed.map(formatProof), verdict, "", `Next: ${next}`].join("\n");
}

function cell(proofs: readonly Proof[]): string {
  if (proofs.length === 0) return "–";
  const passed = proofs.filter((proof) => proof.passed).length;
  const mark = passed === proofs.length ? "✓" : "✗";
  return proofs.length === 1 ? mark : `${mark} ${passed}/${proofs.length}`;
}
