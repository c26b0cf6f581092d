import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalAws } from "@workbook/local-aws";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { openLane, type Lane, type LaneOptions } from "../../src/index.ts";
import { environmentOf, Stack, startCloud } from "./stack.ts";

/** A cloud for the tests of a file, and what each of them needs of it. */
export class Bench {
  cloud!: LocalAws;
  env!: NodeJS.ProcessEnv;
  provider!: string;
  directory!: string;
  #stacks = 0;

  /** Starts it before all tests of the file, and ends it after them. */
  static forThisFile(): Bench {
    const bench = new Bench();
    beforeAll(async () => {
      bench.directory = mkdtempSync(join(tmpdir(), "lane-test-"));
      bench.cloud = await startCloud(join(bench.directory, "cloud"));
      bench.env = environmentOf(bench.cloud);
      bench.provider = await (await bench.stack()).provider();
    }, 60_000);
    afterAll(async () => {
      await bench.cloud.stop();
      rmSync(bench.directory, { recursive: true });
    });
    return bench;
  }

  /** An initialised folder of a test's own. */
  stack(env = this.env): Promise<Stack> {
    return Stack.create(join(this.directory, `stack-${++this.#stacks}`), env);
  }

  /** A lane for the length of a test, and what it logs. */
  async lane(options: Partial<LaneOptions> = {}): Promise<{ lane: Lane; logged: string[] }> {
    const logged: string[] = [];
    const onLog = (line: string) => logged.push(line);
    const lane = await openLane({ provider: this.provider, env: this.env, onLog, ...options });
    onTestFinished(() => lane.close());
    return { lane, logged };
  }
}
