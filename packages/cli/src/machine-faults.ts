import { UserError, type Words } from "@workbook/toolchain";

interface Fault {
  readonly code: string;
  /** What an error's code, name or message says where this is the cause. */
  readonly signs: RegExp;
  readonly says: (where: string) => Words;
  readonly next: Words;
}

/** What a machine can lack, as Node, SQLite, Terraform and AWS word it. The first that fits counts. */
const FAULTS: readonly Fault[] = [
  {
    code: "DISK_FULL",
    signs: /\b(ENOSPC|EDQUOT|SQLITE_FULL)\b|no space left on device|database or disk is full/i,
    says: (where) => [
      `The disk is full${where}: nothing more can be written.`,
      `ディスクがいっぱいで、これ以上書けません${where}。`,
    ],
    next: [
      "make room (./workbook doctor says where the workbook keeps its files), then the same command",
      "空きを作ってから (ファイルの場所は ./workbook doctor で分かります)、同じコマンドを実行します",
    ],
  },
  {
    code: "READ_ONLY",
    // Node tells ENOENT of a folder that it cannot make where nothing can be written.
    signs: /\b(EROFS|SQLITE_READONLY)\b|ENOENT: .*, mkdir|read-only file system|readonly database/i,
    says: (where) => [
      `The workbook cannot write${where}: it is read-only.`,
      `読み取り専用のため、ワークブックが書き込めません${where}。`,
    ],
    next: [
      "clone into a folder that you may write to, or name one in WORKBOOK_DIR",
      "書き込めるフォルダーにクローンするか、WORKBOOK_DIR に指定します",
    ],
  },
  {
    code: "NOT_PERMITTED",
    signs: /^(?:EACCES|EPERM)\b|\bEACCES: permission denied/,
    says: (where) => [
      `The workbook may not write or read${where}: the file belongs to somebody else.`,
      `ファイルの所有者が違うため、ワークブックが読み書きできません${where}。`,
    ],
    next: [
      "give the folder to your user (sudo chown), or name another one in WORKBOOK_DIR",
      "フォルダーの所有者を自分にするか (sudo chown)、別のフォルダーを WORKBOOK_DIR に指定します",
    ],
  },
  {
    code: "CLOCK_OFF",
    signs:
      /RequestTimeTooSkewed|RequestExpired|Signature expired|Signature not yet current|CERT_NOT_YET_VALID|CERT_HAS_EXPIRED|certificate (?:has expired|is not yet valid)/i,
    says: () => {
      const now = new Date().toISOString();
      return [
        `The clock of this machine is off: it says ${now}, and what it talks to does not believe that.`,
        `このマシンの時計がずれています。現在 ${now} になっていて、通信の相手に受け付けられません。`,
      ];
    },
    next: [
      "set the clock (timedatectl set-ntp true), then the same command",
      "時計を合わせてから (timedatectl set-ntp true)、同じコマンドを実行します",
    ],
  },
];

/**
 * The machine's fault behind an error, in a sentence, where it is one of those that a reader can put right; else undefined.
 */
export function machineFault(error: unknown): UserError | undefined {
  const texts = causes(error);
  const fault = FAULTS.find(({ signs }) => texts.some((text) => signs.test(text)));
  if (!fault) return undefined;
  const path = pathOf(error);
  return new UserError(fault.says(path ? ` (${path})` : ""), {
    code: fault.code,
    next: fault.next,
    cause: error,
  });
}

/** What an error and its causes say: code, name and message of each. */
function causes(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code, name, message, cause } = error as NodeJS.ErrnoException & { cause?: unknown };
  return [code ?? "", name, message, ...causes(cause)];
}

function pathOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return (error as NodeJS.ErrnoException).path ?? pathOf(error.cause);
}
