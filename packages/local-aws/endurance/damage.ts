import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CreateClusterCommand, DescribeClustersCommand, ECSClient } from "@aws-sdk/client-ecs";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { SpawnedCloud } from "../tests/support/spawned-cloud.ts";
import { startOn, type Trial } from "./trial.ts";

const CLUSTER = "kept";
const CONTENT = "content".repeat(1000);
const OBJECT = { Bucket: "kept", Key: "k" };

type Refusal = readonly string[];

/** A data directory that is damaged, and what has to come of it. */
interface Damage {
  readonly what: string;
  /** Whether its server was killed, so that what it wrote last is in the log beside the database. */
  readonly after: "stop" | "kill";
  /** Whether it belongs to a short trial: what is not told by the tests of one part. */
  readonly isShort?: true;
  readonly damage: (dataDir: string) => void;
  /**
   * The start is refused with all of these words; or it goes on: with everything, with a fault at the object alone, or with
   * these words in the server's log.
   */
  readonly comes: Refusal | "whole" | "object is refused" | { readonly says: readonly string[] };
}

const garbage = (file: string, from: number, length: number) => {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, from, Math.min(bytes.length, from + length));
  writeFileSync(file, bytes);
};
const sql = (dataDir: string, statement: string) => {
  const database = new DatabaseSync(join(dataDir, "cloud.db"));
  database.exec(statement);
  database.close();
};
const objectFile = (dataDir: string) => {
  const folder = join(dataDir, "objects");
  const file = readdirSync(folder, { withFileTypes: true }).find((entry) => entry.isFile());
  return join(folder, file!.name);
};

const WAY_OUT = ["is damaged", "snapshot"];
const DAMAGES: readonly Damage[] = [
  {
    what: "cloud.db begins with something else",
    after: "stop",
    damage: (dir) => garbage(join(dir, "cloud.db"), 0, 100),
    comes: ["cloud.db", ...WAY_OUT],
  },
  {
    what: "cloud.db has pages of something else",
    after: "stop",
    damage: (dir) => garbage(join(dir, "cloud.db"), 4096, 1e9),
    comes: ["cloud.db", ...WAY_OUT],
  },
  {
    what: "cloud.db is cut",
    after: "stop",
    damage: (dir) => truncateSync(join(dir, "cloud.db"), 8192),
    comes: ["cloud.db", ...WAY_OUT],
  },
  {
    what: "cloud.db holds a resource that is no JSON",
    after: "stop",
    damage: (dir) => sql(dir, "UPDATE resource SET value = '{' WHERE kind LIKE '%cluster%'"),
    comes: ["cloud.db", ...WAY_OUT, CLUSTER],
  },
  {
    what: "cloud.db lacks a table",
    after: "stop",
    damage: (dir) => sql(dir, "DROP TABLE log_event"),
    comes: ["cloud.db", ...WAY_OUT],
  },
  {
    what: "cloud.db is of a newer version",
    after: "stop",
    damage: (dir) => sql(dir, "PRAGMA user_version = 99"),
    comes: ["newer version", "update the workbook"],
  },
  {
    what: "cloud.db is empty, after a stop",
    isShort: true,
    after: "stop",
    damage: (dir) => truncateSync(join(dir, "cloud.db"), 0),
    comes: ["cloud.db", ...WAY_OUT],
  },
  {
    what: "cloud.db-wal is gone, after a kill",
    isShort: true,
    after: "kill",
    damage: (dir) => rmSync(join(dir, "cloud.db-wal")),
    comes: { says: ["cloud.db-wal is gone", "snapshot"] },
  },
  {
    what: "cloud.db-wal begins with something else, after a kill",
    isShort: true,
    after: "kill",
    damage: (dir) => garbage(join(dir, "cloud.db-wal"), 0, 32),
    comes: ["cloud.db-wal", ...WAY_OUT],
  },
  {
    what: "cloud.db-shm is something else, after a kill",
    after: "kill",
    damage: (dir) => garbage(join(dir, "cloud.db-shm"), 0, 1e9),
    comes: "whole",
  },
  ...["server.json", "server.pid"].map((name): Damage => ({
    what: `${name} is something else, after a kill`,
    after: "kill",
    damage: (dir) => writeFileSync(join(dir, name), "\0{"),
    comes: "whole",
  })),
  {
    what: "server.lock is something else",
    isShort: true,
    after: "stop",
    damage: (dir) => writeFileSync(join(dir, "server.lock"), "\0{".repeat(5000)),
    comes: ["server.lock", "is damaged"],
  },
  {
    what: "an object's file is gone",
    after: "stop",
    damage: (dir) => rmSync(objectFile(dir)),
    comes: "object is refused",
  },
  {
    what: "an object's file is cut",
    isShort: true,
    after: "stop",
    damage: (dir) => truncateSync(objectFile(dir), 10),
    comes: "object is refused",
  },
  {
    what: "an object's file is something else of its length",
    after: "stop",
    damage: (dir) => garbage(objectFile(dir), 0, 10),
    comes: "object is refused",
  },
  {
    what: "a snapshot's mark is something else",
    after: "stop",
    damage: (dir) => {
      mkdirSync(join(dir, "snapshots/odd"), { recursive: true });
      writeFileSync(join(dir, "snapshots/odd/snapshot.json"), "{");
    },
    comes: "whole",
  },
];

/** Files that are not what they were: each names itself and the way out, or does not matter. */
export const damage: Trial = {
  name: "damage",
  what: "files of the data directory that are cut, gone or something else",
  run: async (course) => {
    for (const after of ["stop", "kill"] as const) {
      const whole = join(course.scratch, after);
      await fill(whole, after);
      for (const [at, each] of DAMAGES.entries()) {
        if (each.after !== after || (course.isShort && !each.isShort)) continue;
        const dataDir = join(course.scratch, `${after}-${at}`);
        cpSync(whole, dataDir, { recursive: true });
        each.damage(dataDir);
        const fault = await judge(dataDir, each.comes);
        course.tell(each.what, fault === undefined ? toWords(each.comes) : "NOT AS IT SHOULD BE");
        if (fault !== undefined) course.violate(`${each.what}: ${fault}`);
      }
    }
  },
};

const isRefusal = (comes: Damage["comes"]): comes is Refusal => Array.isArray(comes);

function toWords(comes: Damage["comes"]): string {
  if (typeof comes === "string") return comes;
  return isRefusal(comes) ? "refused by name" : "told by name";
}

/** A data directory with a cluster and an object, whose server has ended. */
async function fill(dataDir: string, after: Damage["after"]): Promise<void> {
  const cloud = await startOn(dataDir);
  const s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  await new ECSClient(cloud.clientConfig).send(new CreateClusterCommand({ clusterName: CLUSTER }));
  await s3.send(new CreateBucketCommand({ Bucket: OBJECT.Bucket }));
  await s3.send(new PutObjectCommand({ ...OBJECT, Body: CONTENT }));
  await cloud.end(after === "kill" ? "SIGKILL" : "SIGTERM");
}

/** @returns what is not as it should be */
async function judge(dataDir: string, comes: Damage["comes"]): Promise<string | undefined> {
  let cloud: SpawnedCloud;
  try {
    cloud = await startOn(dataDir);
  } catch (error) {
    const said = (error as Error).message;
    if (!isRefusal(comes)) return `the start is refused: ${said}`;
    const missing = comes.filter((word) => !said.includes(word));
    return missing.length === 0 ? undefined : `it does not say ${missing.join(", ")}: ${said}`;
  }
  try {
    if (isRefusal(comes)) return `it starts all the same, with ${await census(cloud)}`;
    if (typeof comes !== "string") {
      const said = cloud.errors.join("\n");
      return comes.says.every((word) => said.includes(word)) ? undefined : `it says ${said}`;
    }
    const told = await census(cloud);
    return told === (comes === "whole" ? "cluster, object" : "cluster") ? undefined : told;
  } finally {
    await cloud.end();
  }
}

/** What of all that was there is there. */
async function census(cloud: SpawnedCloud): Promise<string> {
  const ecs = new ECSClient(cloud.clientConfig);
  const s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: [CLUSTER] }));
  const hasObject = await s3
    .send(new GetObjectCommand(OBJECT))
    .then(({ Body }) => Body!.transformToString())
    .then(
      (text) => text === CONTENT || "a wrong object",
      () => false,
    );
  const parts = [clusters!.length > 0 && "cluster", hasObject === true ? "object" : hasObject];
  return parts.filter(Boolean).join(", ");
}
