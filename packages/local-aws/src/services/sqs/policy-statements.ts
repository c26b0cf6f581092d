interface Statement {
  readonly Sid?: string;
}

interface Policy {
  readonly Statement: Statement | readonly Statement[];
}

/** What `AddPermission` of a queue or a topic adds to its policy. */
export interface Permission {
  readonly label: string;
  /** 12 digits each. */
  readonly accounts: readonly string[];
  /** With their service: `SQS:SendMessage`. */
  readonly actions: readonly string[];
  readonly resource: string;
}

const one = <T>(list: readonly T[]) => (list.length === 1 ? list[0] : list);

/** The policy with a statement more; undefined where it has one of this label. */
export function withPermission(
  policy: string,
  { label, accounts, actions, resource }: Permission,
): string | undefined {
  const { document, statements } = read(policy);
  if (statements.some(({ Sid }) => Sid === label)) return undefined;
  const added = {
    Sid: label,
    Effect: "Allow",
    Principal: { AWS: one(accounts.map((id) => `arn:aws:iam::${id}:root`)) },
    Action: one(actions),
    Resource: resource,
  };
  return JSON.stringify({ ...document, Statement: [...statements, added] });
}

/** The policy without the statement of a label, `""` where none is left; undefined where there is none such. */
export function withoutPermission(policy: string, label: string): string | undefined {
  const { document, statements } = read(policy);
  const left = statements.filter(({ Sid }) => Sid !== label);
  if (left.length === statements.length) return undefined;
  return left.length === 0 ? "" : JSON.stringify({ ...document, Statement: left });
}

function read(policy: string): { document: Policy; statements: readonly Statement[] } {
  const document = JSON.parse(policy) as Policy;
  const { Statement: all } = document;
  return { document, statements: Array.isArray(all) ? (all as Statement[]) : [all as Statement] };
}
