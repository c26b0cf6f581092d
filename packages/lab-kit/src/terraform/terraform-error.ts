import { SpokenError, text as inBoth, type Text, type Words } from "@workbook/toolchain";
import { describeProblems, type Place, type Problem } from "../program/problem.ts";

/** One error of Terraform's. */
export interface TerraformFault {
  readonly text: string;
  /** The resource that it is about. */
  readonly address?: string;
  /** Its argument, as Terraform calls it. */
  readonly attribute?: string;
}

/** Finds the line of the learner's program that made a resource, or gave it an argument. */
export type FindPlace = (address: string, attribute: string | undefined) => Place | undefined;

/** Terraform said no; the message is its own words. */
export class TerraformError extends SpokenError {
  override readonly name = "TerraformError";
  /** Where all of its output is. */
  readonly logFile: string;
  readonly #faults: readonly TerraformFault[];

  /** @param said its own words, where it has named no faults */
  constructor(said: Words, logFile: string, faults: readonly TerraformFault[] = []) {
    super(said);
    this.logFile = logFile;
    this.#faults = faults;
  }

  /** The same error, with the lines of the program that it is about. */
  at(findPlace: FindPlace): TerraformError {
    if (this.#faults.length === 0) return this;
    return new TerraformError(describeFaults(this.#faults, findPlace), this.logFile, this.#faults);
  }
}

/** Terraform was interrupted and has stopped in good order. */
export class TerraformInterrupted extends SpokenError {
  override readonly name = "TerraformInterrupted";
}

/** What a command that was interrupted ends with. */
export const interruptedRun = (command: string): TerraformInterrupted =>
  new TerraformInterrupted([
    `terraform ${command} was interrupted and stopped in good order`,
    `terraform ${command} を中断しました。正常に止まっています`,
  ]);

/** What a command that failed ends with: the faults that it named, or else what it said last. */
export function failedRun(
  command: string,
  { code, said, faults, logFile }: FailedCommand,
): TerraformError {
  const words: Words =
    faults.length > 0
      ? describeFaults(faults)
      : said || [
          `terraform ${command} ended with exit code ${code}`,
          `terraform ${command} が終了コード ${code} で終わりました`,
        ];
  return new TerraformError(words, logFile, faults);
}

interface FailedCommand {
  readonly code: number;
  readonly said: string;
  readonly faults: readonly TerraformFault[];
  readonly logFile: string;
}

/** Distinct errors that are told; all of them are in the log. */
const MOST_TOLD = 8;

/**
 * Errors for people: the resource first, then the line that made it, each error once, however many resources it is of.
 *
 * @param faults at least one
 * @param findPlace left out: no line is named
 */
export function describeFaults(
  faults: readonly TerraformFault[],
  findPlace: FindPlace = () => undefined,
): Text {
  const alike = Map.groupBy(faults, (fault) => shorten(fault.text));
  const problems = [...alike].map(([said, group]) => toProblem(said, group, findPlace));
  // Terraform works on many resources at once; a learner reads from the top.
  const inOrder = problems.toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0));
  return describeProblems(inOrder, MOST_TOLD);
}

function toProblem(said: string, group: readonly TerraformFault[], findPlace: FindPlace): Problem {
  const found = group.flatMap(({ address, attribute }) =>
    address === undefined
      ? []
      : [{ address, place: findPlace(address, attribute ?? namedIn(said)) }],
  );
  const [first, ...others] = found.toSorted(
    (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.address < b.address ? -1 : 1),
  );
  if (first === undefined) return { says: said };
  const more: Words =
    others.length === 0
      ? ""
      : [` and ${others.length} more of the kind`, ` ほか ${others.length} 件`];
  const { en, ja } = inBoth(more);
  return {
    says: [`${first.address}${en}: ${said}`, `${first.address}${ja}: ${said}`],
    place: first.place,
    advice: others.length === 0 ? undefined : same(others),
  };
}

function same(others: readonly { address: string; place: Place | undefined }[]): Words {
  const names = others.map(({ address, place }) =>
    place ? `${address} (${place.file}:${place.line})` : address,
  );
  return [`The same for ${names.join(", ")}`, `次も同じです: ${names.join("、")}`];
}

/** The argument that AWS names in its own words: `Value (…) for parameter availabilityZone is invalid`. */
function namedIn(said: string): string | undefined {
  return /\bparameter '?(\w+)/.exec(said)?.[1];
}

/**
 * AWS's error without the names of the call that brought it: the id of a request is another one each time, so the same
 * error would be another one as well. The provider writes them like this:
 * https://github.com/aws/smithy-go/blob/main/errors.go
 */
function shorten(said: string): string {
  const [summary = "", ...detail] = said.split("\n");
  const text = detail.length === 0 ? summary : `${summary}: ${detail.join(" ")}`;
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(
      /operation error [\w ]+: (\w+), (?:exceeded maximum number of attempts, \d+, )?https response error StatusCode: \d+, RequestID: [^,]*, (?:api error )?/g,
      "$1: ",
    );
}
