import { AwsError } from "../../protocol/aws-error.ts";
import { emptyBatch, idsNotDistinct, invalidEntryId, tooManyEntries } from "./faults.ts";

const MOST_ENTRIES = 10;

interface Entry {
  readonly Id?: string | undefined;
}

/**
 * Does something for each entry of a batch: what fails of it is told beside what did not.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html
 * @param of the operation that the batch is of
 * @param check what else has to hold of the batch as a whole
 * @throws AwsError `EmptyBatchRequest`, `TooManyEntriesInBatchRequest`, `InvalidBatchEntryId`, `BatchEntryIdsNotDistinct`
 */
export function runBatch<E extends Entry, R extends object>(
  of: string,
  entries: readonly E[] = [],
  work: (entry: E) => R,
  check: () => void = () => {},
): { Successful: (R & { Id: string })[]; Failed: Failure[] } {
  checkEntries(of, entries);
  check();
  const Successful: (R & { Id: string })[] = [];
  const Failed: Failure[] = [];
  for (const entry of entries) {
    const Id = entry.Id!;
    try {
      Successful.push({ Id, ...work(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({
        Id,
        SenderFault: error.senderFault,
        Code: error.code,
        Message: error.message,
      });
    }
  }
  return { Successful, Failed };
}

interface Failure {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

function checkEntries(of: string, entries: readonly Entry[]): void {
  if (entries.length === 0)
    throw emptyBatch(`There should be at least one ${of}BatchRequestEntry in the request.`);
  if (entries.length > MOST_ENTRIES)
    throw tooManyEntries(
      `Maximum number of entries per request are ${MOST_ENTRIES}. You have sent ${entries.length}.`,
    );
  const seen = new Set<string>();
  for (const { Id = "" } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id))
      throw invalidEntryId(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
      );
    if (seen.has(Id)) throw idsNotDistinct(`Id ${Id} repeated.`);
    seen.add(Id);
  }
}
