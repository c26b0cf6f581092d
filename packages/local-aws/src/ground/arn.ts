/** The parts of an ARN. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** Empty for what is in no region. */
  readonly region: string;
  /** Empty for what belongs to no account. */
  readonly account: string;
  /** All that follows: `cluster/web`, `log-group:/a:*`. */
  readonly resource: string;
}

/** The parts of an ARN; undefined where `text` is none. */
export function parseArn(text: string): Arn | undefined {
  const [, partition, service, region, account, resource] =
    /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/s.exec(text) ?? [];
  if (partition === undefined) return undefined;
  return { partition, service: service!, region: region!, account: account!, resource: resource! };
}

/** The parts of an ARN that this cloud gave. @throws Error where `arn` is none: it should have been looked at before */
export function readArn(arn: string): Arn {
  const parsed = parseArn(arn);
  if (!parsed) throw new Error(`${arn} is no ARN`);
  return parsed;
}

/** Where something is. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Whether an ARN names something of this account and region; that of a whole region or account is not told apart. */
export function isOwn(arn: Arn, { account, region }: Place): boolean {
  return arn.account === account && arn.region === region;
}

/**
 * What an ARN of this account and region names behind `prefix`, as in `project/` or `alarm:`; `text` as it is where it is no
 * ARN, or another's: that is the name of nothing here.
 */
export function ownName(text: string, service: string, prefix: string, place: Place): string {
  const arn = parseArn(text);
  const isNamed = arn?.service === service && arn.resource.startsWith(prefix);
  return isNamed && isOwn(arn, place) ? arn.resource.slice(prefix.length) : text;
}

/** What an ARN's last part names, or an id's: of one without a slash, all of it. */
export const lastPart = (name: string): string => name.slice(name.lastIndexOf("/") + 1);
