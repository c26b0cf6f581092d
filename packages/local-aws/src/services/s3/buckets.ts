import type { CreateBucketRequest, Grant } from "@aws-sdk/client-s3";
import type { Handlers } from "../../protocol/typed.ts";
import { REGION_NAMES } from "../../ground/regions.ts";
import type { CallContext } from "../service.ts";
import { askedGrants, isPublic, ownershipOf, owner } from "./acl.ts";
import { Blobs } from "./blobs.ts";
import { checkTags } from "./object-attributes.ts";
import { needBucket, s3Error } from "./faults.ts";
import { buckets, objects, uploads, type Bucket } from "./state.ts";

const NAME =
  /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/;

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
    const region = chooseRegion(context, input.CreateBucketConfiguration?.LocationConstraint);
    checkNamespace(name, input.BucketNamespace, context.account, region);
    const known = all.get(name);
    if (known && known.account !== context.account) {
      throw s3Error(
        "BucketAlreadyExists",
        409,
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
        { BucketName: name },
      );
    }
    if (known && (context.region !== "us-east-1" || known.region !== "us-east-1")) {
      throw s3Error(
        "BucketAlreadyOwnedByYou",
        409,
        "Your previous request to create the named bucket succeeded and you already own it.",
        { BucketName: name },
      );
    }
    const bucket = { ...newBucket(name, context, input), region };
    const acl = firstAcl(input, bucket, context);
    if (!known) {
      const tagging = input.CreateBucketConfiguration?.Tags;
      checkTags(tagging ?? [], "Bucket");
      all.put(name, { ...bucket, settings: { ...bucket.settings, acl, tagging } });
    }
    return {
      BucketArn: `arn:aws:s3:::${name}`,
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

/**
 * Where a bucket is made: us-east-1 makes it anywhere, every other region in itself.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 * @throws AwsError `IllegalLocationConstraintException`, `InvalidLocationConstraint`
 */
function chooseRegion({ region }: CallContext, constraint: string | undefined): string {
  const asked = constraint === "EU" ? "eu-west-1" : constraint || undefined;
  if (region === "us-east-1") {
    if (asked === undefined) return region;
    if (asked !== region && REGION_NAMES.includes(asked)) return asked;
    const message = "The specified location-constraint is not valid";
    throw s3Error("InvalidLocationConstraint", 400, message, { LocationConstraint: constraint });
  }
  if (asked === region) return asked;
  throw s3Error(
    "IllegalLocationConstraintException",
    400,
    `The ${constraint || "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

/**
 * Names of an account's own namespace tell whose they are, and where.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
 */
function checkNamespace(
  name: string,
  namespace: string | undefined,
  account: string,
  region: string,
): void {
  const isOwn = name.endsWith(`-${account}-${region}-an`);
  if (namespace === "account-regional" ? isOwn : !name.endsWith("-an")) return;
  throw s3Error("InvalidBucketName", 400, "The specified bucket is not valid.", {
    BucketName: name,
  });
}

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

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 * @throws AwsError where a new bucket does not let the list be set
 */
function firstAcl(
  input: Omit<CreateBucketRequest, "Bucket">,
  bucket: Readonly<Bucket>,
  context: CallContext,
): readonly Grant[] | undefined {
  if (input.ACL === "private") return undefined;
  const grants = askedGrants(input, context);
  if (!grants) return undefined;
  if (ownershipOf(bucket) === "BucketOwnerEnforced") {
    throw s3Error(
      "InvalidBucketAclWithObjectOwnership",
      400,
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  if (grants.some(isPublic)) {
    throw s3Error(
      "InvalidBucketAclWithBlockPublicAccessError",
      400,
      "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
    );
  }
  return grants;
}

function newBucket(
  name: string,
  context: CallContext,
  input: Pick<CreateBucketRequest, "ObjectLockEnabledForBucket" | "ObjectOwnership">,
): Bucket {
  const objectLock = input.ObjectLockEnabledForBucket === true;
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
      ownershipControls: {
        Rules: [{ ObjectOwnership: input.ObjectOwnership ?? "BucketOwnerEnforced" }],
      },
      ...(objectLock ? { objectLock: { ObjectLockEnabled: "Enabled" } } : {}),
    },
  };
}
