// Synthesises labs as often as it is told, one after the other: see synth-batch.ts.
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** What to run the labs' `main.ts` with. */
interface Order {
  readonly directory: string;
  readonly variant: string;
  readonly env: Readonly<Record<string, string>>;
}

const ownEnvironment = new Set(Object.keys(process.env));
let runs = 0;

process.on("message", (order: Order) => {
  void run(order).then((problem) => process.send!({ problem }));
});

/** Resolves to what went wrong; undefined where nothing did. */
async function run({ directory, variant, env }: Order): Promise<string | undefined> {
  for (const name of Object.keys(process.env))
    if (!ownEnvironment.has(name)) delete process.env[name];
  Object.assign(process.env, env);
  const main = join(dirname(directory), "main.ts");
  process.argv.splice(1, process.argv.length - 1, main, variant);
  process.chdir(directory);
  const said: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text: string | Uint8Array) => said.push(String(text)) > 0;
  try {
    runs += 1;
    // Another address, so another module: `main.ts` runs again, and what it imports is loaded already.
    await import(`${pathToFileURL(main).href}?run=${runs}`);
    const isFine = (process.exitCode ?? 0) === 0;
    return isFine ? undefined : said.join("").trim() || `exit code ${process.exitCode}`;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    process.exitCode = 0;
    process.stderr.write = write;
  }
}
