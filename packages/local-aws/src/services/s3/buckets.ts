import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { Blobs } from "./blobs.ts";
import { needBucket, s3Error } from "./errors.ts";
import { buckets, objects, uploads, type Bucket } from "./state.ts";

const NAME = /^(?!xn--)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function checkName(name: string): void {
  if (!NAME.test(name) || name.includes("..")) {
    throw s3Error("InvalidBucketName", 400, "The specified bucket is not valid.", {
      BucketName: name,
    });
  }
}

/** Operations on buckets themselves. */
export const bucketHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  CreateBucket({ Bucket: name, ...input }, context) {
    checkName(name);
    const all = context.store.of(buckets);
    const constraint = input.CreateBucketConfiguration?.LocationConstraint;
    if (constraint ? constraint !== context.region : context.region !== "us-east-1") {
      throw s3Error(
        "IllegalLocationConstraintException",
        400,
        constraint
          ? `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`
          : "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.",
      );
    }
    const known = all.get(name);
    if (known && known.account !== context.account) {
      throw s3Error(
        "BucketAlreadyExists",
        409,
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
        { BucketName: name },
      );
    }
    if (known && context.region !== "us-east-1") {
      throw s3Error(
        "BucketAlreadyOwnedByYou",
        409,
        "Your previous request to create the named bucket succeeded and you already own it.",
        { BucketName: name },
      );
    }
    if (!known) all.put(name, newBucket(name, context, input.ObjectLockEnabledForBucket === true));
    return {
      Location: context.region === "us-east-1" ? `/${name}` : `http://${name}.s3.amazonaws.com/`,
    };
  },

  HeadBucket({ Bucket: name }, context) {
    return { BucketRegion: needBucket(context, name).region, AccessPointAlias: false };
  },

  ListBuckets(input, context) {
    const own = context.store
      .of(buckets)
      .filter(({ account, name, region }) => {
        const wanted = !input.BucketRegion || input.BucketRegion === region;
        return account === context.account && wanted && name.startsWith(input.Prefix ?? "");
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const after = input.ContinuationToken;
    const rest = after === undefined ? own : own.filter(({ name }) => name > after);
    const page = rest.slice(0, input.MaxBuckets ?? 10_000);
    return {
      Buckets: page.map(({ name, createdAt, region }) => ({
        Name: name,
        CreationDate: new Date(createdAt),
        BucketRegion: region,
      })),
      Owner: owner(context),
      ContinuationToken: page.length < rest.length ? page.at(-1)?.name : undefined,
      Prefix: input.Prefix,
    };
  },

  GetBucketLocation({ Bucket: name }, context) {
    const { region } = needBucket(context, name);
    return {
      LocationConstraint: region === "us-east-1" ? undefined : (region as "ap-northeast-1"),
    };
  },
};

/** Deletes a bucket. Uploads that were never completed go with it, and then their files. */
export const bucketDeleteHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  async DeleteBucket({ Bucket: name }, context) {
    const holds = (value: { bucket: string }) => value.bucket === name;
    const gone = context.cloud.transaction(() => {
      needBucket(context, name);
      if (context.store.of(objects).find(holds)) {
        throw s3Error("BucketNotEmpty", 409, "The bucket you tried to delete is not empty", {
          BucketName: name,
        });
      }
      const unfinished = context.store.of(uploads);
      const found = unfinished.filter(holds);
      for (const upload of found) unfinished.delete(upload.uploadId);
      context.store.of(buckets).delete(name);
      return found;
    });
    const blobs = new Blobs(context.settings.dataDir);
    for (const { parts } of gone) for (const { blob } of Object.values(parts)) blobs.remove(blob);
    return {};
  },
};

function newBucket(name: string, context: CallContext, objectLock: boolean): Bucket {
  return {
    name,
    account: context.account,
    region: context.region,
    createdAt: context.clock.now(),
    versioning: objectLock ? "Enabled" : undefined,
    settings: {
      // What a new bucket has since January 2023.
      encryption: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
            BucketKeyEnabled: false,
          },
        ],
      },
      // What a new bucket has since April 2023.
      publicAccessBlock: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
      ownershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
      ...(objectLock ? { objectLock: { ObjectLockEnabled: "Enabled" } } : {}),
    },
  };
}

/** The canonical user of the account. */
export function owner(context: CallContext): { ID: string; DisplayName: string } {
  return {
    ID: Buffer.from(`canonical-user-of-${context.account}`)
      .toString("hex")
      .padEnd(64, "0")
      .slice(0, 64),
    DisplayName: context.account,
  };
}
