import {
  type AwsClients,
  connectAws,
  createRequester,
  type Diagnosis,
  type DiagnosisQuestion,
  disconnectAws,
  HttpRequestError,
  type Target,
} from "@workbook/lab-kit";
import { diagnose } from "@workbook/lab-kit/diagnosis";
import { both, say, UserError, type Words } from "@workbook/toolchain";
import { effectiveListeners } from "../cloud/listeners.ts";
import { diagnosisScope } from "../target/diagnosis-scope.ts";
import { onTarget } from "../command-line/commands.ts";
import { nextStep } from "../output/next.ts";
import { diagnosisJson, formatDiagnosis, type Answer } from "../output/why-output.ts";
import type { Session } from "../session.ts";

/**
 * Says why what is deployed does not do what it should, with what was looked at: of all services, of one, of a task, or of a
 * request. 1 when a cause was found, 0 when nothing is wrong.
 */
export async function whyCommand(session: Session, what: string | undefined): Promise<number> {
  const target = await session.target.reach();
  const aws = await connectAws(target.connection);
  try {
    const scope = await diagnosisScope(target);
    const { question, answer } = await readQuestion(aws, target, scope.cluster, what);
    const asked = await diagnose(aws, scope, question);
    const diagnosis = what === undefined ? await withStates(session, target, asked) : asked;
    const told = formatDiagnosis(diagnosis, answer, session.language);
    session.result(diagnosisJson(diagnosis, answer), both`${told}\n\n${next(session, diagnosis)}`);
    return diagnosis.findings.length > 0 ? 1 : 0;
  } finally {
    disconnectAws(aws);
  }
}

/** What keeps stacks from being planned or applied comes first. Where no cluster is, nothing was deployed that could miss its state. */
async function withStates(
  session: Session,
  target: Target,
  diagnosis: Diagnosis,
): Promise<Diagnosis> {
  const { diagnoseStates } = await import("@workbook/lab-kit/deploy");
  const { root, state } = session.workspace;
  const found = await diagnoseStates({ directories: { root, state }, target });
  const isBare = diagnosis.findings.some(({ id }) => id === "cluster-missing");
  const states = found.filter(({ id }) => !isBare || id !== "state-bucket-missing");
  return { ...diagnosis, findings: [...states, ...diagnosis.findings] };
}

function next(session: Session, { findings, subjects }: Diagnosis): Words {
  const [first] = findings;
  // While somebody holds a state no deploy gets on: theirs has to end, or the lock that it left has to go.
  if (first?.id === "state-locked") {
    const command = say(first.line, "en").replace("./workbook ", "");
    return nextStep(onTarget(session, command));
  }
  if (first && /^(?:state|stack|refused)-/.test(first.id))
    return nextStep(onTarget(session, "deploy"));
  if (subjects.length === 0 && (first === undefined || first.id === "cluster-missing"))
    return nextStep(onTarget(session, "deploy"));
  return nextStep(onTarget(session, first === undefined ? "check" : "hint"));
}

interface Asked {
  readonly question: DiagnosisQuestion;
  readonly answer: Answer | undefined;
}

/** What was meant: a URL, a task's id or ARN, or the name of a service or of its app. */
async function readQuestion(
  aws: AwsClients,
  target: Target,
  cluster: string,
  what: string | undefined,
): Promise<Asked> {
  if (what === undefined) return { question: {}, answer: undefined };
  if (/^https?:\/\//.test(what)) return readUrl(target, what);
  if (/^(?:arn:.*:task\/.*|[0-9a-f]{6,32})$/.test(what))
    return { question: { task: what }, answer: undefined };
  const names = await serviceNames(aws, cluster);
  const found = names.filter((name) => name === what || name === `${what}-${target.owner}`);
  if (found.length > 0) return { question: { services: found }, answer: undefined };
  throw new UserError(
    [
      `Cluster ${cluster} has no service "${what}"${names.length > 0 ? `; it has ${names.join(", ")}` : ""}.`,
      `クラスター ${cluster} に "${what}" というサービスはありません。${names.length > 0 ? `あるもの: ${names.join("、")}` : ""}`,
    ],
    { code: "SERVICE_UNKNOWN", next: "./workbook why", exitCode: 2 },
  );
}

async function serviceNames({ ecs }: AwsClients, cluster: string): Promise<string[]> {
  try {
    const { serviceArns = [] } = await ecs.listServices({ cluster, maxResults: 100 });
    return serviceArns.map((arn) => arn.split("/").at(-1)!);
  } catch (error) {
    if ((error as Error).name === "ClusterNotFoundException") return [];
    throw error;
  }
}

/** A request that is asked about is sent: what comes back belongs to what is told. */
async function readUrl(target: Target, text: string): Promise<Asked> {
  if (!URL.canParse(text))
    throw new UserError([`${text} is no URL.`, `${text} は URL ではありません。`], {
      code: "USAGE",
      next: "./workbook help why",
      exitCode: 2,
    });
  const url = new URL(text);
  const asked = await toListener(target, url);
  const path = `${url.pathname}${url.search}`;
  const request = createRequester(target.effectiveAddress);
  const ask = async () => {
    try {
      const { status, body } = await request({ ...asked, path });
      return `${status} ${body.trimEnd().split("\n")[0]!.slice(0, 100)}`;
    } catch (error) {
      if (error instanceof HttpRequestError) return error.code;
      throw error;
    }
  };
  return {
    question: { request: { ...asked, path: url.pathname } },
    answer: { url: text, came: await ask() },
  };
}

/** Which listener a URL means: by its load balancer's name, or by the address that it has on this machine. */
async function toListener(target: Target, url: URL): Promise<{ dnsName: string; port: number }> {
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (target.name === "aws" || target.endpointUrl === undefined) return { dnsName: host, port };
  const listeners = await effectiveListeners(target.endpointUrl);
  const byAddress = listeners.find(({ addresses }) =>
    addresses.some((each) => each.port === port && isSameHost(each.host, host)),
  );
  const isLocal = /^(?:localhost|127\.|::1)/.test(host);
  if (byAddress && (isLocal || byAddress.dnsName === host)) return byAddress;
  // Where nothing listens on that port of this machine, the only load balancer is meant.
  const only = isLocal ? listeners[0]?.dnsName : undefined;
  return { dnsName: only ?? host, port };
}

const isSameHost = (address: string, host: string) =>
  address === host || host === "localhost" || host.endsWith(".localhost");
