/**
 * Writes `src/models/` from the schemas of the AWS SDK's clients and the committed constraints.
 *
 *   node scripts/generate-models.ts                 write the models; of a new service python3's botocore tells the constraints
 *   node scripts/generate-models.ts --check         exit 1 when a model is out of date
 *   node scripts/generate-models.ts --constraints   refresh scripts/models/constraints/ from python3's botocore, then write
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { ModelJson, ServiceRow } from "../src/protocol/model-json.ts";
import { modelled, SERVICE_IDS, type ServiceId } from "../src/protocol/service-id.ts";
import { PROTOCOL_OF_CLASS } from "./models/clients.ts";
import { hasConstraints, readConstraints, refreshConstraints } from "./models/constraints.ts";
import { lowerClient } from "./models/lower-client.ts";

const MODELS = new URL("../src/models/", import.meta.url);

interface SdkClient {
  readonly config: {
    readonly protocol: { readonly name?: string; readonly constructor: { readonly name: string } };
    readonly protocolSettings: { serviceTarget: string; version: string; xmlNamespace?: string };
    readonly defaultSigningName: string;
  };
}

type ClientModule = Record<string, unknown>;

async function loadClient(service: ServiceId): Promise<ClientModule> {
  return (await import(`@aws-sdk/client-${modelled(service).client}`)) as ClientModule;
}

function rowOf(service: ServiceId, clientModule: ClientModule): ServiceRow {
  const name = Object.keys(clientModule).find(
    (key) => key.endsWith("Client") && !key.startsWith("__"),
  );
  const Client = clientModule[name ?? ""] as new (config: { region: string }) => SdkClient;
  const { protocol, protocolSettings, defaultSigningName } = new Client({ region: "us-east-1" })
    .config;
  const className = protocol.name ?? protocol.constructor.name;
  const spoken = PROTOCOL_OF_CLASS[className];
  if (spoken === undefined) throw new Error(`${service}: unknown protocol class ${className}`);
  return {
    protocols: [spoken, ...(modelled(service).otherProtocols ?? [])],
    signingName: defaultSigningName,
    target: protocolSettings.serviceTarget,
    version: protocolSettings.version,
    xmlNamespace: protocolSettings.xmlNamespace ?? modelled(service).xmlNamespace ?? "",
    ...modelled(service).renamed,
  };
}

/** One line a shape, operation and error, so that an SDK update shows what changed. */
function formatModel({ shapes, operations, errors }: ModelJson): string {
  const table = (rows: object): string =>
    Object.entries(rows)
      .map(([name, row]) => `${JSON.stringify(name)}:${JSON.stringify(row)}`)
      .join(",\n");
  return [
    `{"shapes":[\n${shapes.map((shape) => JSON.stringify(shape)).join(",\n")}\n],`,
    `"operations":{\n${table(operations)}\n},`,
    `"errors":{\n${table(errors)}\n}}\n`,
  ].join("\n");
}

async function generate(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const rows: Record<string, ServiceRow> = {};
  for (const service of SERVICE_IDS) {
    const clientModule = await loadClient(service);
    rows[service] = rowOf(service, clientModule);
    files.set(`${service}.json`, formatModel(lowerClient(clientModule, readConstraints(service))));
  }
  files.set("services.json", `${JSON.stringify(rows, undefined, 2)}\n`);
  return files;
}

function readModel(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, MODELS), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { check: { type: "boolean" }, constraints: { type: "boolean" } },
  });
  if (values.constraints) refreshConstraints(SERVICE_IDS);
  else if (!values.check) refreshConstraints(SERVICE_IDS.filter((id) => !hasConstraints(id)));
  const files = await generate();
  const stale = [...files].filter(([name, text]) => readModel(name) !== text);
  if (values.check) {
    for (const [name] of stale) process.stderr.write(`src/models/${name} is out of date\n`);
    if (stale.length > 0)
      process.stderr.write("Run: node packages/local-aws/scripts/generate-models.ts\n");
    return stale.length > 0 ? 1 : 0;
  }
  for (const [name, text] of stale) writeFileSync(new URL(name, MODELS), text);
  process.stdout.write(`${files.size} models, ${stale.length} written\n`);
  return 0;
}

process.exitCode = await main();
