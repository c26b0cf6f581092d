import {
  MemberAccounts,
  type OperationModel,
  SERVICE_IDS,
  ServiceIndex,
  loadAll,
  type WalkedMember,
  walkMembers,
} from "@workbook/local-aws/support";
import type { ReferencePage } from "./reference-page.ts";
import { formatTable, type Language, type Words } from "./reference-page.ts";

interface ServiceSupport {
  readonly id: string;
  readonly implemented: readonly string[];
  /** Answered with 501 and the operation's name. */
  readonly missing: readonly string[];
  readonly members: Members;
}

/** What becomes of the members of the implemented operations' inputs. */
interface Members {
  readonly used: number;
  /** `Operation: member, member`, by operation. */
  readonly refused: ReadonlyMap<string, readonly string[]>;
  /** The same, by the reason in both languages. */
  readonly meaningless: readonly {
    readonly why: Words;
    readonly members: ReadonlyMap<string, readonly string[]>;
  }[];
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
    used: "Members used",
    refused: "Refused",
    meaningless: "Without meaning",
    members:
      "The last three columns count the members of the implemented operations' inputs, those of structures in them included. One that is used changes what is done, or is kept and given back. One that is refused is answered with HTTP 501, `NotImplemented` and its name, unless it asks for nothing (`false`, an empty text or list). One without meaning changes nothing here; its reason is told. A test proves that no member is left over.",
    refusedMembers: "Members refused by name",
    meaninglessMembers: "Members without meaning here",
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
    used: "使われるメンバー",
    refused: "拒否",
    meaningless: "意味なし",
    members:
      "右の 3 列は、実装済みオペレーションの入力のメンバーの数です。入力に含まれる構造体のメンバーも数えます。「使われるメンバー」は、動作を変えるか、保存されてそのまま返されます。「拒否」は、値が渡されると HTTP 501、コード `NotImplemented`、メンバー名で応答します。`false` や空の文字列・リストのように何も求めない値は拒否されません。「意味なし」は、ここでは何も変えないもので、理由を示しています。どれにも当てはまらないメンバーがないことは、テストで確認しています。",
    refusedMembers: "名前を示して拒否するメンバー",
    meaninglessMembers: "ここでは意味を持たないメンバー",
  },
};

/** Which operations of which services Local AWS has handlers for, by its own service table. */
export async function supportMatrix(): Promise<ReferencePage> {
  const services = await readSupport();
  return {
    name: "support-matrix",
    title: { en: "Support matrix of Local AWS", ja: "Local AWS の対応表" },
    order: 4,
    pageClass: "number-tables",
    body: (language) => formatMatrix(services, language),
  };
}

async function readSupport(): Promise<ServiceSupport[]> {
  const index = new ServiceIndex();
  const services = await loadAll();
  return Promise.all(
    SERVICE_IDS.toSorted().map(async (id) => {
      const service = services.find((each) => each.id === id);
      const handled = new Set(Object.keys({ ...service?.handlers, ...service?.streaming }));
      const model = index.model(id);
      const operations = model.operationNames.toSorted();
      const implemented = operations.filter((name) => handled.has(name));
      return {
        id,
        implemented,
        missing: operations.filter((name) => !handled.has(name)),
        members: await countMembers(
          service?.members ?? { refused: {}, meaningless: [], usedIn: {} },
          implemented.map((name) => model.operation(name)!),
        ),
      };
    }),
  );
}

async function countMembers(
  table: ConstructorParameters<typeof MemberAccounts>[0],
  operations: readonly OperationModel[],
): Promise<Members> {
  const accounts = new MemberAccounts(table);
  const walked = operations.flatMap((model) => [...walkMembers(model, accounts)]);
  const byOperation = (members: readonly WalkedMember[]) =>
    new Map(
      [...Map.groupBy(members, ({ operation }) => operation)].map(
        ([operation, some]) => [operation, some.map(({ path }) => path)] as const,
      ),
    );
  const reasons = Map.groupBy(
    walked.filter(({ account }) => account?.kind === "meaningless"),
    ({ account }) => (account?.kind === "meaningless" ? account.why : undefined)!,
  );
  return {
    used: walked.filter(({ account }) => !account || account.kind === "usedIn").length,
    refused: byOperation(walked.filter(({ account }) => account?.kind === "refused")),
    meaningless: [...reasons].map(([[en, ja], members]) => ({
      why: { en, ja },
      members: byOperation(members),
    })),
  };
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
    String(service.members.used),
    String(refused(service)),
    String(meaningless(service)),
  ]);
  rows.push([
    say.all,
    sum(({ implemented }) => implemented.length),
    sum(count),
    sum(({ members }) => members.used),
    sum(refused),
    sum(meaningless),
  ]);
  const head = [say.service, say.implemented, say.of, say.used, say.refused, say.meaningless];
  const parts = services.map((service) => formatService(service, language));
  return [say.intro, say.members, formatTable(head, rows), ...parts].join("\n\n");
}

const size = (members: ReadonlyMap<string, readonly string[]>) =>
  [...members.values()].reduce((total, some) => total + some.length, 0);
const refused = ({ members }: ServiceSupport) => size(members.refused);
const meaningless = (service: ServiceSupport) =>
  service.members.meaningless.reduce((total, { members }) => total + size(members), 0);

function formatService(
  { id, implemented, missing, members }: ServiceSupport,
  language: Language,
): string {
  const say = words[language];
  const have = implemented.length > 0 ? list(implemented) : say.none;
  const parts = [`## ${id} {#${id}}`, `**${say.implemented}:** ${have}`];
  if (missing.length > 0) parts.push(`**${say.missing}:** ${list(missing)}`);
  if (members.refused.size > 0)
    parts.push(`**${say.refusedMembers}:**\n\n${listMembers(members.refused)}`);
  for (const [index, { why, members: some }] of members.meaningless.entries()) {
    if (index === 0) parts.push(`**${say.meaninglessMembers}:**`);
    parts.push(`${why[language]}\n\n${listMembers(some)}`);
  }
  return parts.join("\n\n");
}

const listMembers = (members: ReadonlyMap<string, readonly string[]>) =>
  [...members].map(([operation, names]) => `- ${operation}: ${list(names)}`).join("\n");

function list(operations: readonly string[]): string {
  return operations.map((name) => `\`${name}\``).join(", ");
}
