import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Words } from "@workbook/toolchain";
import { stackDirectory, stacksWorkedOn, wasApplied, type Deployment } from "../deploy/stack.ts";
import { findStateBucket } from "../deploy/state-bucket.ts";
import { locksOf, type HeldLock } from "../deploy/state-lock.ts";
import { CONFIGURATION } from "../terraform/initialise.ts";
import { parseEvent, type TerraformEvent } from "../terraform/events.ts";
import type { Finding } from "./finding.ts";
import { KINDS, type FindingId } from "./kinds.ts";
import { refusalIn } from "./refusals.ts";

type Place = Pick<Deployment, "directories" | "target">;
type Fault = Extract<TerraformEvent, { type: "diagnostic" }>;

/**
 * Says what keeps stacks from being planned or applied, whatever runs: a state that somebody holds, a value that another stack
 * has yet to tell, a bucket that is gone. It looks into the bucket, and at what Terraform said last of each stack here.
 */
export async function diagnoseStates(place: Place): Promise<readonly Finding[]> {
  const { directories, target } = place;
  const stacks = stacksWorkedOn(directories, target);
  const bucket = await findStateBucket(target);
  if (bucket === undefined) return stacks.some((id) => wasApplied(place, id)) ? [bucketGone()] : [];
  const locks = await locksOf(target, bucket);
  return [
    ...locks.map((lock) => locked(lock)),
    ...stacks.flatMap((stack) => {
      const directory = stackDirectory(directories, target, stack);
      const faults = lastFaults(directory);
      const missing = faults.filter((fault) => isUntold(fault, directory));
      return [...(missing.length > 0 ? [untold(stack, missing)] : []), ...refusedBy(stack, faults)];
    }),
  ];
}

function bucketGone(): Finding {
  return finding("state-bucket-missing", "S3", {
    cause: [
      "Stacks were applied from here, and the bucket with their states is gone: Terraform would make everything anew.",
      "ここからスタックを適用したのに、ステートのバケットがありません。このままでは Terraform がすべてを作り直します。",
    ],
    evidence: [{ call: "s3api head-bucket", value: "404 Not Found" }],
  });
}

function locked({ stack, key, lock }: HeldLock): Finding {
  const { ID, Who, Created, Operation } = lock;
  return finding("state-locked", stack, {
    cause: [
      `${Who} has held the state ${key} since ${Created} (${Operation}). Nobody else can change the stack meanwhile. Where nothing of theirs runs any more, the lock ${ID} can be taken away.`,
      `${Who} が ${Created} からステート ${key} を使っています (${Operation})。その間、ほかの人はこのスタックを変更できません。もう何も動いていなければ、ロック ${ID} を外せます。`,
    ],
    evidence: [{ call: "s3api get-object", value: `${key}.tflock: ${JSON.stringify(lock)}` }],
    line: `./workbook terraform ${stack} force-unlock ${ID}`,
  });
}

function untold(stack: string, faults: readonly Fault[]): Finding {
  const names = [...new Set(faults.flatMap(({ address }) => address ?? []))];
  const what = names.length > 0 ? names.join(", ") : stack;
  return finding("stack-output-missing", stack, {
    cause: [
      `The stack ${stack} reads what another one has yet to tell: ${what}. Either that is not applied yet, or it tells it under another name.`,
      `スタック ${stack} は、ほかのスタックがまだ伝えていないものを読んでいます: ${what}。そのスタックがまだ適用されていないか、別の名前で伝えています。`,
    ],
    evidence: faults.map(({ text }) => ({ call: "terraform plan", value: text })),
  });
}

/** What AWS refused of a stack, where its words are known. */
export function refusedBy(
  stack: string,
  faults: readonly Pick<Fault, "text" | "address">[],
): readonly Finding[] {
  return faults.flatMap(({ text, address }) => {
    const id = refusalIn(text);
    if (id === undefined) return [];
    const what = address ?? stack;
    const said = text.replace(/^[^]*RequestID: [^,]*, /, "");
    return [
      finding(id, stack, {
        cause: [`AWS refused ${what}: ${said}`, `AWS が ${what} を拒否しました: ${said}`],
        evidence: [{ call: `terraform apply (${what})`, value: text }],
      }),
    ];
  });
}

interface Told {
  readonly cause: Words;
  readonly evidence: Finding["evidence"];
  readonly line?: Words;
}

function finding(id: FindingId, subject: string, told: Told): Finding {
  return { id, subjects: [subject], isSymptom: false, ...KINDS[id], ...told };
}

/** What the last Terraform on a stack said was wrong; nothing where it has come to a good end. */
function lastFaults(directory: string): readonly Fault[] {
  const logs = ["plan", "apply"].map((name) => join(directory, `${name}.log`));
  const [last] = logs
    .filter((file) => existsSync(file))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (last === undefined) return [];
  const events = readFileSync(last, "utf8").split("\n").map(parseEvent);
  return events.filter(
    (event): event is Fault => event?.type === "diagnostic" && event.severity === "error",
  );
}

/** A parameter that nobody has written, a state that is not there, or an output that it has not. */
function isUntold({ text, address = "" }: Fault, directory: string): boolean {
  if (address.startsWith("data.aws_ssm_parameter."))
    return /couldn't find resource|NotFound/.test(text);
  if (/Unable to find remote state/.test(text)) return true;
  // It names the attribute alone, and not whose that is.
  return /does not have an attribute named/.test(text) && readsStates(directory);
}

function readsStates(directory: string): boolean {
  const file = join(directory, CONFIGURATION);
  return existsSync(file) && readFileSync(file, "utf8").includes('"terraform_remote_state"');
}
