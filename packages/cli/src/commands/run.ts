import { deploy, LabRun } from "@workbook/lab-kit/deploy";
import type { CheckReport } from "@workbook/lab-kit";
import { both, list } from "@workbook/toolchain";
import { findAddresses, type Address } from "../aws/addresses.ts";
import { confirmOnAws } from "../aws/confirm.ts";
import { chapterNumber } from "../learn/chapters.ts";
import { keepDeployed } from "../learn/leave-chapter.ts";
import { readProgress } from "../learn/progress-file.ts";
import { onTarget } from "../command-line/commands.ts";
import { runLabChecks } from "../lab-checks.ts";
import type { Timing } from "../output/progress.ts";
import { formatDuration, style } from "../output/style.ts";
import type { Session } from "../session.ts";
import {
  describeProblem,
  effectiveListeners,
  listenerUrl,
  NOT_REACHABLE,
} from "../cloud/listeners.ts";
import { formatFailures } from "../output/check-output.ts";
import { NEXT } from "../output/next.ts";
import { chosenLab, fullHandsOn } from "../learn/chosen-lab.ts";

/** Sets up, deploys a lab's solution, verifies it, and says where it answers. */
export async function runCommand(session: Session, query: string | undefined): Promise<number> {
  const since = performance.now();
  const lab = await chosenLab(session, query ?? (await fullHandsOn(session)));
  session.progress.print(
    `${style.name(`${session.say(["Lab", "ラボ"])} ${lab.id.slice(0, 2)}`)}  ${lab.title[session.language]}\n`,
  );
  // What was never a chapter's is nobody's work: another run brings it back.
  if (readProgress(session.learner).current !== undefined) {
    const number = chapterNumber(lab.id);
    await keepDeployed(session, [`The solution of chapter ${number}`, `第 ${number} 章の解答`]);
  }
  const deployment = await session.target.deployment(lab.id, "solution");
  await confirmOnAws(session, deployment, "deploy");
  const work = new LabRun(deployment);
  const deployed = await deploy(work, session.progress, { moves: true });
  const report = await runLabChecks(session, work, ["synth", "live"]);
  const { cloud, target } = deployment;
  const addresses = cloud
    ? await localAddresses(cloud.endpoint)
    : await findAddresses(target, deployed.outputs["alb_dns_name"]);
  const ms = performance.now() - since;
  session.result(
    {
      lab: lab.id,
      passed: report.passed,
      seconds: Math.round(ms) / 1000,
      addresses,
      checks: report.checks,
      changes: deployed.changes,
    },
    summary(session, report, addresses, ms, lab.id),
  );
  return report.passed ? 0 : 1;
}

async function localAddresses(endpoint: string): Promise<Address[]> {
  return (await effectiveListeners(endpoint)).map((listener) => ({
    name: `${listener.dnsName}:${listener.port}`,
    url: listenerUrl(listener),
    problem: listener.problem,
  }));
}

function summary(
  session: Session,
  report: CheckReport,
  addresses: readonly Address[],
  ms: number,
  lab: string,
): string {
  const lines = [report.passed ? "" : formatFailures(report, session.language)];
  for (const { name, url, problem: said } of addresses) {
    const problem = said && session.say(describeProblem(said));
    lines.push(
      `  ${style.name(url ?? session.say(NOT_REACHABLE))}${url ? "" : `  ${problem ?? ""}`}  ${style.quiet(name)}`,
    );
    if (url && problem) lines.push(`    ${problem}`);
  }
  lines.push("", whereTheTimeWent(session, ms), "", session.say(NEXT));
  if (addresses[0]?.url) lines.push(`  curl ${addresses[0].url}; echo`);
  if (session.target.name === "local") lines.push(`  ${onTarget(session, "status")}`);
  for (const command of ["logs", `destroy ${lab.slice(0, 2)}`])
    lines.push(`  ${onTarget(session, command)}`);
  return lines.join("\n");
}

/** The steps that took most of the time, and the slowest resources. */
function whereTheTimeWent(session: Session, ms: number): string {
  const { progress } = session;
  const longest = progress.timings.toSorted((a, b) => b.ms - a.ms).slice(0, 3);
  const resources = progress.resources
    .filter((each) => each.ms > 5000)
    .toSorted((a, b) => b.ms - a.ms);
  const told = ({ title, ms: took }: Timing) => both`${title} ${formatDuration(took)}`;
  const steps = list(longest.map(told));
  const slow = list(resources.slice(0, 3).map(told));
  const all = formatDuration(ms);
  return style.quiet(
    session.say([
      `${all} in all: ${steps.en}${slow.en === "" ? "" : `; of that ${slow.en}`}`,
      `合計 ${all}: ${steps.ja}${slow.ja === "" ? "" : ` (うち ${slow.ja})`}`,
    ]),
  );
}
