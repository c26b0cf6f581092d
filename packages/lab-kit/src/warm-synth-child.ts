// Waits with a lab's libraries loaded, then runs its `main.ts` once: see warm-synth.ts.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const directory = process.argv[2]!;

/** What to run `main.ts` with. */
interface Order {
  readonly variant: string;
  readonly env: Readonly<Record<string, string>>;
}

// Whoever waits for the answer is gone: there is nothing left to do.
process.once("disconnect", () => process.exit());

process.once("message", (order: Order) => void run(order));

// The solution needs what the learner's answer will need; its classes are loaded, and none is made.
await import(pathToFileURL(join(directory, "solution/stack.ts")).href);

async function run({ variant, env }: Order): Promise<void> {
  Object.assign(process.env, env);
  const main = join(directory, "main.ts");
  process.argv.splice(1, process.argv.length - 1, main, variant);
  await import(pathToFileURL(main).href);
  process.disconnect();
}
