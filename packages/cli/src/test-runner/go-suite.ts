import { findGo } from "@workbook/toolchain";
import { settleCounts, type Counts, type Suite } from "./counts.ts";
import { runProgram } from "./run-program.ts";

/** One line of `go test -json`: https://pkg.go.dev/cmd/test2json#hdr-Output_Format */
interface GoEvent {
  readonly Action: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Output?: string;
  readonly Elapsed?: number;
}

/** The tests of a Go module. */
export function goSuite(folder: string, title: string): Suite {
  return { title, run };

  async function run(): Promise<Counts> {
    const go = await findGo();
    const tally = new GoTally(title, (text) => process.stdout.write(text));
    const code = await runProgram({
      path: go.path,
      args: ["test", "-json", "./..."],
      cwd: folder,
      env: process.env,
      onLine: (line) => tally.read(line),
    });
    return settleCounts(tally.counts, code, title);
  }
}

/** Counts the tests of a `go test -json`, and passes on the output of those that fail. */
export class GoTally {
  readonly #title: string;
  readonly #write: (text: string) => void;
  readonly #output = new Map<string, string>();
  readonly #failures: string[] = [];
  #passed = 0;
  #skipped = 0;

  constructor(title: string, write: (text: string) => void) {
    this.#title = title;
    this.#write = write;
  }

  get counts(): Counts {
    const failures = this.#failures;
    return { passed: this.#passed, failed: failures.length, skipped: this.#skipped, failures };
  }

  read(line: string): void {
    const event = parse(line);
    if (!event) {
      this.#write(`${line}\n`); // what the compiler says comes as it is
      return;
    }
    const key = `${event.Package ?? ""} ${event.Test?.split("/")[0] ?? ""}`;
    if (event.Output !== undefined) {
      this.#output.set(key, (this.#output.get(key) ?? "") + event.Output);
      if (event.Action === "build-output") this.#write(event.Output);
    }
    if (event.Test?.includes("/")) return; // a part of a test: the whole is counted
    this.#settle(event, key);
  }

  #settle(event: GoEvent, key: string): void {
    if (event.Action === "pass" && event.Test) this.#passed++;
    if (event.Action === "skip" && event.Test) this.#skipped++;
    if (event.Action === "fail" && event.Test)
      this.#failures.push(`${this.#title} > ${event.Test}`);
    if (event.Action === "fail") this.#write(this.#output.get(key) ?? "");
    if (event.Action === "pass" && !event.Test)
      this.#write(` ✓ ${event.Package} (${event.Elapsed} s)\n`);
  }
}

function parse(line: string): GoEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as GoEvent;
  } catch {
    return undefined;
  }
}
