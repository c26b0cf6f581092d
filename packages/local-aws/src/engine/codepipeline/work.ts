import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { ActionDeclaration, ArtifactStore } from "@aws-sdk/client-codepipeline";
import { unzipSync } from "fflate";
import { AwsError } from "../../protocol/aws-error.ts";
import { declaredFor, executionKey } from "../../services/codepipeline/find.ts";
import {
  actionRuns,
  executions,
  type ActionRun,
  type ArtifactPlace,
  type Execution,
  type Override,
  type Revision,
} from "../../services/codepipeline/state.ts";
import type { Scope } from "../../store/store.ts";
import { ActionFault, isDenied } from "./action-fault.ts";
import type { RoleCalls } from "./role-calls.ts";

/** What became of a look at an action: it is done, or something else has to change first, at the latest at an instant. */
export type Outcome =
  | {
      readonly kind: "done";
      readonly variables?: Readonly<Record<string, string>>;
      readonly summary?: string;
      /** Of a source. */
      readonly revision?: Omit<Revision, "actionName" | "artifact">;
    }
  | { readonly kind: "wait"; readonly until?: number };

/** Works on one action. Called again and again, in one server or the next, until it is done. @throws ActionFault */
export type Worker = (work: Work) => Promise<Outcome>;

/** An action under way, for its worker. */
export class Work {
  readonly calls: RoleCalls;
  readonly #scope: Scope;
  readonly #id: string;

  constructor(calls: RoleCalls, scope: Scope, id: string) {
    this.calls = calls;
    this.#scope = scope;
    this.#id = id;
  }

  get run(): Readonly<ActionRun> {
    return this.#scope.of(actionRuns).get(this.#id)!;
  }

  get execution(): Readonly<Execution> {
    const { pipeline, executionId } = this.run;
    return this.#scope.of(executions).get(executionKey(pipeline, executionId))!;
  }

  get declaration(): ActionDeclaration {
    const stages = declaredFor(this.#scope, this.execution).stages!;
    const stage = stages.find(({ name }) => name === this.run.stage)!;
    return stage.actions!.find(({ name }) => name === this.run.action)!;
  }

  get store(): ArtifactStore {
    return declaredFor(this.#scope, this.execution).artifactStore!;
  }

  /** What whoever began the execution asked of a source in place of what its configuration says. */
  get override(): Override | undefined {
    return this.execution.overrides.find(({ actionName }) => actionName === this.run.action);
  }

  get now(): number {
    return this.calls.caller.clock.now();
  }

  /** A property of the action's configuration; empty where it is not there. */
  setting(name: string): string {
    return this.run.resolved[name] ?? "";
  }

  /** Keeps what has been done, so that it is not done again. */
  remember(done: Readonly<Record<string, string>>, more: Partial<ActionRun> = {}): void {
    const { run } = this;
    this.calls.caller.cloud.record(() =>
      this.#scope
        .of(actionRuns)
        .patch(this.#id, { ...more, done: { ...run.done, ...done }, updatedAt: this.now }),
    );
  }

  /** @throws ActionFault where the action has no such input */
  input(name = this.run.inputs[0]?.name): ArtifactPlace {
    const found = this.run.inputs.find((it) => it.name === name);
    if (!found)
      throw new ActionFault(
        "ConfigurationError",
        `The action has no input artifact ${name ?? ""}.`,
      );
    return found;
  }

  /** A file of an input, or of the only one. @throws ActionFault */
  file(path: string, artifact?: string): Promise<string | undefined> {
    return readFileOf(this.calls, this.input(artifact), path);
  }

  /** Puts the action's one output where later actions find it. @throws ActionFault */
  async write(content: Uint8Array): Promise<void> {
    await writeArtifact(this.calls, this.store, this.run.outputs[0]!, content);
  }
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html, of definitions files */
const LONGEST_FILE_BYTES = 100 * 1024;

const notAccessible = ({ bucket, key }: ArtifactPlace, why: string) =>
  `Unable to access the artifact with Amazon S3 object key '${key}' located in the Amazon S3 artifact bucket '${bucket}'. ${why}`;

/** @throws ActionFault in place of what S3 and KMS say */
async function reaching<T>(place: ArtifactPlace, calls: () => Promise<T>): Promise<T> {
  try {
    return await calls();
  } catch (error) {
    if (isDenied(error))
      throw new ActionFault(
        "PermissionError",
        notAccessible(place, "The provided role does not have sufficient permissions."),
        error,
      );
    if (error instanceof AwsError)
      throw new ActionFault("ConfigurationError", notAccessible(place, error.message), error);
    throw error;
  }
}

/** Puts an artifact into a pipeline's store, encrypted by its key. @throws ActionFault */
async function writeArtifact(
  calls: RoleCalls,
  store: ArtifactStore,
  place: ArtifactPlace,
  content: Uint8Array,
): Promise<void> {
  const { id } = store.encryptionKey ?? {};
  await reaching(place, async () => {
    await calls.call("s3", "PutObject", {
      Bucket: place.bucket,
      Key: place.key,
      Body: Readable.from([content]),
      ContentType: "application/zip",
      // Without a key of its own it is the bucket's to say.
      ...(id !== undefined && { ServerSideEncryption: "aws:kms", SSEKMSKeyId: id }),
    });
  });
}

/** A whole artifact. @throws ActionFault */
const readArtifact = (calls: RoleCalls, { bucket, key }: ArtifactPlace): Promise<Buffer> =>
  reaching({ bucket, key }, async () => {
    const { Body } = await calls.call("s3", "GetObject", { Bucket: bucket, Key: key });
    return buffer(Body as Readable);
  });

/**
 * One file of an artifact, which is a ZIP.
 * @returns undefined where it has no such file
 * @throws ActionFault where it cannot be read, is no ZIP, or the file is larger than 100 KB
 */
async function readFileOf(
  calls: RoleCalls,
  place: ArtifactPlace,
  path: string,
): Promise<string | undefined> {
  const content = await readArtifact(calls, place);
  let isLong = false;
  const isIt = ({ name, originalSize }: { name: string; originalSize: number }) => {
    if (name !== path) return false;
    isLong = originalSize > LONGEST_FILE_BYTES;
    return !isLong;
  };
  try {
    const file = unzipSync(content, { filter: isIt })[path];
    if (!isLong) return file && new TextDecoder().decode(file);
  } catch (error) {
    throw new ActionFault(
      "ConfigurationError",
      notAccessible(place, "It is not a ZIP file."),
      error,
    );
  }
  throw new ActionFault("ConfigurationError", `The file ${path} is larger than 100 KB.`);
}
