import type { Words } from "@workbook/toolchain";

/** As `/_local/health` has it. */
export interface LogStorage {
  readonly storedBytes: number;
  readonly maxBytes: number;
  readonly dropped: readonly { readonly logGroup: string; readonly events: number }[];
}

/** Which log groups have lost their oldest events to the bound of all; no line where none has, and of a cloud from before that. */
export function describeDropped(storage: LogStorage | undefined): readonly Words[] {
  if (!storage || storage.dropped.length === 0) return [];
  const { maxBytes, dropped } = storage;
  const mib = maxBytes / 1_048_576;
  const of = dropped.map(({ logGroup, events }) => `${logGroup} (${events})`).join(", ");
  return [
    [
      `  Logs take up all of their ${mib} MiB; the oldest events were dropped: ${of}. More room: WORKBOOK_LOG_LIMIT`,
      `  ログが上限の ${mib} MiB に達し、古いイベントから捨てられました: ${of}。増やすには WORKBOOK_LOG_LIMIT`,
    ],
  ];
}
