import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ReferencePage } from "./reference-page.ts";
import { formatTable, type Language } from "./reference-page.ts";

const source = join(import.meta.dirname, "../../../packages/local-aws/src");

interface ServiceSupport {
  readonly id: string;
  readonly implemented: readonly string[];
  /** Answered with 501 and the operation's name. */
  readonly missing: readonly string[];
}

const words = {
  en: {
    intro:
      "Every operation of the services that Local AWS knows. One that is implemented does what AWS does, as far as a learner can see it, and answers in AWS's words. One that is not answers HTTP 501 with the code `NotImplemented` and its own name: never an empty success.",
    service: "Service",
    implemented: "Implemented",
    of: "Of",
    all: "All",
    missing: "Not implemented",
    none: "None yet.",
  },
  ja: {
    intro:
      "Local AWS が扱うサービスの、すべてのオペレーションの一覧です。実装済みのものは、受講者から見える範囲で AWS と同じ動作をし、AWS と同じ文言で応答します。未実装のものは HTTP 501、コード `NotImplemented`、オペレーション名を返します。空の成功を返すことはありません。",
    service: "サービス",
    implemented: "実装済み",
    of: "全体",
    all: "合計",
    missing: "未実装",
    none: "まだありません。",
  },
};

/** Which operations of which services Local AWS has handlers for, by its own service table. */
export async function supportMatrix(): Promise<ReferencePage> {
  const services = await readSupport();
  return {
    name: "support-matrix",
    title: { en: "Support matrix of Local AWS", ja: "Local AWS の対応表" },
    order: 4,
    body: (language) => formatMatrix(services, language),
  };
}

async function readSupport(): Promise<ServiceSupport[]> {
  const { SERVICES } = (await import(join(source, "services/table.ts"))) as {
    readonly SERVICES: readonly { id: string; handlers: object; streaming?: object }[];
  };
  const { SERVICE_IDS } = (await import(join(source, "protocol/service-id.ts"))) as {
    readonly SERVICE_IDS: readonly string[];
  };
  return SERVICE_IDS.toSorted().map((id) => {
    const service = SERVICES.find((each) => each.id === id);
    const handled = new Set(Object.keys({ ...service?.handlers, ...service?.streaming }));
    const model = JSON.parse(readFileSync(join(source, `models/${id}.json`), "utf8")) as {
      readonly operations: object;
    };
    const operations = Object.keys(model.operations).toSorted();
    return {
      id,
      implemented: operations.filter((name) => handled.has(name)),
      missing: operations.filter((name) => !handled.has(name)),
    };
  });
}

function formatMatrix(services: readonly ServiceSupport[], language: Language): string {
  const say = words[language];
  const sum = (pick: (service: ServiceSupport) => number) =>
    String(services.reduce((total, service) => total + pick(service), 0));
  const count = ({ implemented, missing }: ServiceSupport) => implemented.length + missing.length;
  const rows = services.map((service) => [
    `[${service.id}](#${service.id})`,
    String(service.implemented.length),
    String(count(service)),
  ]);
  rows.push([say.all, sum(({ implemented }) => implemented.length), sum(count)]);
  const parts = services.map(({ id, implemented, missing }) => {
    const have = implemented.length > 0 ? list(implemented) : say.none;
    const lack = missing.length > 0 ? `\n\n**${say.missing}:** ${list(missing)}` : "";
    return `## ${id} {#${id}}\n\n**${say.implemented}:** ${have}${lack}`;
  });
  return [say.intro, formatTable([say.service, say.implemented, say.of], rows), ...parts].join(
    "\n\n",
  );
}

function list(operations: readonly string[]): string {
  return operations.map((name) => `\`${name}\``).join(", ");
}
