import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { findProvider } from "./find-provider.ts";
import { openLane } from "./lane.ts";
import { namesIn } from "./schema.ts";

const USAGE = `Usage: node main.ts [--source ADDRESS] DIRECTORY [FILE…]

Keeps the provider that \`terraform init\` has put into DIRECTORY, until it is ended, and writes a line for
TF_REATTACH_PROVIDERS. Terraform is shown the types that FILEs name (a configuration, a state); without any, all of them.

  --source ADDRESS   of the provider (default registry.terraform.io/hashicorp/aws)
`;

const { values, positionals } = parseArgs({
  options: { source: { type: "string" }, help: { type: "boolean" } },
  allowPositionals: true,
});
const [directory, ...files] = positionals;

if (values.help || directory === undefined) {
  process.stdout.write(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  process.exitCode = await hold(directory, values.source ?? "registry.terraform.io/hashicorp/aws");
}

async function hold(initialised: string, source: string): Promise<number> {
  const provider = await findProvider(initialised, source);
  if (provider === undefined) {
    process.stderr.write(`terraform init has put no ${source} into ${initialised}\n`);
    return 3;
  }
  const types = files.flatMap((file) => [...namesIn(readFileSync(file, "utf8"))]);
  await using lane = await openLane({
    provider,
    env: process.env,
    ...(files.length > 0 && { types }),
    onLog: (line) => process.stderr.write(`${line}\n`),
  });
  if (lane.reattach === "") return 3;
  process.stdout.write(`${lane.reattach}\n`);
  const ended = new Promise<void>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
      process.once(name, () => resolve());
  });
  // The lane's own timers and sockets are no reason to go on when somebody asks it to end.
  await Promise.race([ended, lane.closed]);
  return 0;
}
