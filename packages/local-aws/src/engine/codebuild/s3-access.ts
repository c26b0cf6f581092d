import { createHash, randomBytes } from "node:crypto";
import { Transform, type Readable } from "node:stream";
import { AwsError } from "../../protocol/aws-error.ts";
import { placeInS3 } from "../../services/codebuild/find.ts";
import { listingHandlers } from "../../services/s3/listing.ts";
import { objectStreamHandlers } from "../../services/s3/object-reads.ts";
import { objectWriteHandlers } from "../../services/s3/object-writes.ts";
import type { CallContext } from "../../services/service.ts";
import { requireBucketRight } from "../acting-role.ts";
import { BuildFault } from "./build-fault.ts";

/** How something is written. */
export interface PutOptions {
  readonly contentType?: string;
  /** The ARN of a key of KMS; absent: as the bucket says. */
  readonly key?: string | undefined;
}

/** S3, as a build's service role and the buckets' policies let it be used. Places are `bucket/key`. */
export class S3Access {
  readonly #caller: CallContext;

  constructor(caller: CallContext) {
    this.#caller = caller;
  }

  /** What an object holds. @throws BuildFault `CLIENT_ERROR` in S3's words */
  open(place: string, version?: string): Readable {
    const { bucket: Bucket, key: Key } = split(place);
    return this.#asking(() => {
      const action = version === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
      requireBucketRight(this.#caller, action, Bucket, `/${Key}`);
      const { Body } = objectStreamHandlers.GetObject!(
        { Bucket, Key, VersionId: version },
        this.#caller,
      ) as { Body: Readable };
      return Body;
    });
  }

  /** Keys that begin like this. @throws BuildFault */
  list(place: string): string[] {
    const { bucket: Bucket, key: Prefix } = split(place);
    return this.#asking(() => {
      requireBucketRight(this.#caller, "s3:ListBucket", Bucket, "");
      const keys: string[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = listingHandlers.ListObjectsV2!(
          { Bucket, Prefix, ContinuationToken },
          this.#caller,
        ) as { Contents?: { Key?: string }[]; NextContinuationToken?: string };
        keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return keys;
    });
  }

  /** Writes an object; its digests, in hex. @throws BuildFault */
  async put(place: string, body: Readable, { contentType, key }: PutOptions = {}) {
    const { bucket: Bucket, key: Key } = split(place);
    const sha256 = createHash("sha256");
    const md5 = createHash("md5");
    const tap = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        sha256.update(chunk);
        md5.update(chunk);
        done(null, chunk);
      },
    });
    body.once("error", (error) => tap.destroy(error));
    try {
      requireBucketRight(this.#caller, "s3:PutObject", Bucket, `/${Key}`);
      await objectWriteHandlers.PutObject!(
        {
          Bucket,
          Key,
          Body: body.pipe(tap) as never,
          ...(contentType !== undefined && { ContentType: contentType }),
          ...(key !== undefined && { ServerSideEncryption: "aws:kms", SSEKMSKeyId: key }),
        },
        this.#caller,
      );
    } catch (error) {
      body.resume();
      throw toFault(error);
    }
    return { sha256: sha256.digest("hex"), md5: md5.digest("hex") };
  }

  #asking<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toFault(error);
    }
  }
}

/** As the Go SDK that CodeBuild's agent is made with words errors of S3. */
function toFault(error: unknown): unknown {
  if (!(error instanceof AwsError)) return error;
  const { code, message, status } = error;
  const requestId = randomBytes(8).toString("hex").toUpperCase();
  return new BuildFault(
    "CLIENT_ERROR",
    `${code}: ${message} status code: ${status ?? 400}, request id: ${requestId}, host id: `,
    error,
  );
}

function split(place: string): { bucket: string; key: string } {
  const plain = placeInS3(place);
  const at = plain.indexOf("/");
  return at === -1
    ? { bucket: plain, key: "" }
    : { bucket: plain.slice(0, at), key: plain.slice(at + 1) };
}
