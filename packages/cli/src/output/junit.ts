import type { CheckReportEntry } from "@workbook/lab-kit";
import { text as toText, type Language } from "@workbook/toolchain";
import type { LabReport } from "../lab-checks.ts";

const NOTHING = toText(["nothing was looked at", "何も確認していません"]);

/**
 * A report of checks as CI systems read it, in one language: one suite, a case for each check.
 * @see https://github.com/testmoapp/junitxml
 */
export function toJunit(report: LabReport, language: Language): string {
  const { lab, owner, target, checks } = report;
  const count = (status: CheckReportEntry["status"]) =>
    checks.filter((check) => check.status === status).length;
  const seconds = checks.reduce((sum, check) => sum + check.seconds, 0);
  const counts = `tests="${checks.length}" failures="${count("failed")}" errors="${count("error")}" skipped="${count("not-run")}" time="${seconds.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escape(`${lab} on ${target}`)}" ${counts}>`,
    `    <properties><property name="owner" value="${escape(owner)}"/></properties>`,
    ...checks.map((check) => toCase(lab, check, language)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function toCase(lab: string, check: CheckReportEntry, language: Language): string {
  const { id, tier, title, status, seconds } = check;
  const head = `    <testcase name="${escape(`${id}: ${title[language]}`)}" classname="${escape(`${lab}.${tier}`)}" time="${seconds.toFixed(3)}"`;
  if (status === "passed") return `${head}/>`;
  if (status === "not-run") return `${head}><skipped/></testcase>`;
  const element = status === "failed" ? "failure" : "error";
  const text = [
    `expected: ${check.expected?.[language] ?? NOTHING[language]}`,
    `actual: ${check.actual?.[language] ?? NOTHING[language]}`,
    ...(check.hint ? [`hint: ${check.hint.question[language]}`] : []),
  ].join("\n");
  const message = escape(check.actual?.[language].split("\n", 1)[0] ?? "");
  return `${head}>\n      <${element} message="${message}">${escape(text)}</${element}>\n    </testcase>`;
}

/** XML 1.0 has no way to write most control characters, escaped or not: https://www.w3.org/TR/xml/#charsets */
function escape(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex -- these are the ones to take away
      .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, "\uFFFD")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}
