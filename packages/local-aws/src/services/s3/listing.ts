import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { owner } from "./acl.ts";
import { needBucket, s3Error, shownVersion } from "./faults.ts";
import { compareKeys, encoder, pageOf, pageSize, type Page } from "./pages.ts";
import { objects, type ObjectVersion, type StoredObject } from "./state.ts";

const isCurrent = ({ versions }: Readonly<StoredObject>) => !versions[0]!.deleteMarker;

/** Lists. Keys are in the order of their UTF-8 bytes, as S3 has them; of versions each counts, delete markers too. */
export const listingHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  ListObjectsV2(input, context) {
    const encode = encoder(input.EncodingType);
    const max = pageSize("max-keys", input.MaxKeys);
    const after =
      input.ContinuationToken === undefined
        ? (input.StartAfter ?? "")
        : decodeToken(input.ContinuationToken);
    const page = readPage(context, input, after, max);
    return {
      Name: input.Bucket,
      Prefix: encode(input.Prefix ?? ""),
      Delimiter: input.Delimiter === undefined ? undefined : encode(input.Delimiter),
      StartAfter: input.StartAfter === undefined ? undefined : encode(input.StartAfter),
      MaxKeys: max,
      KeyCount: page.items.length + page.prefixes.length,
      IsTruncated: page.next !== undefined,
      ContinuationToken: input.ContinuationToken,
      NextContinuationToken:
        page.next === undefined ? undefined : Buffer.from(page.next.entry).toString("base64url"),
      EncodingType: input.EncodingType,
      Contents: contents(page, encode, input.FetchOwner ? owner(context) : undefined),
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    };
  },

  ListObjects(input, context) {
    const encode = encoder(input.EncodingType);
    const max = pageSize("max-keys", input.MaxKeys);
    const page = readPage(context, input, input.Marker ?? "", max);
    return {
      Name: input.Bucket,
      Prefix: encode(input.Prefix ?? ""),
      Delimiter: input.Delimiter === undefined ? undefined : encode(input.Delimiter),
      Marker: encode(input.Marker ?? ""),
      MaxKeys: max,
      IsTruncated: page.next !== undefined,
      NextMarker: input.Delimiter && page.next !== undefined ? encode(page.next.entry) : undefined,
      EncodingType: input.EncodingType,
      Contents: contents(page, encode, owner(context)),
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    };
  },

  ListObjectVersions(input, context) {
    const encode = encoder(input.EncodingType);
    const bucket = needBucket(context, input.Bucket);
    const max = pageSize("max-keys", input.MaxKeys);
    const page = pageOf(versionsOf(context, bucket.name), {
      prefix: input.Prefix ?? "",
      delimiter: input.Delimiter ?? "",
      max,
      isBefore: readMarkers(context, input),
    });
    const shown = ({ key, version, index }: Entry) => ({
      Key: encode(key),
      VersionId: shownVersion(bucket, version) ?? "null",
      IsLatest: index === 0,
      LastModified: new Date(version.lastModified),
      Owner: owner(context),
    });
    const next = page.next?.item?.version;
    return {
      Name: input.Bucket,
      Prefix: encode(input.Prefix ?? ""),
      Delimiter: input.Delimiter === undefined ? undefined : encode(input.Delimiter),
      KeyMarker: encode(input.KeyMarker ?? ""),
      VersionIdMarker: input.VersionIdMarker ?? "",
      MaxKeys: max,
      IsTruncated: page.next !== undefined,
      NextKeyMarker: page.next && encode(page.next.entry),
      NextVersionIdMarker: next && (shownVersion(bucket, next) ?? "null"),
      EncodingType: input.EncodingType,
      Versions: page.items
        .filter(({ version }) => !version.deleteMarker)
        .map((entry) => ({
          ...shown(entry),
          ...checksumFacts(entry.version),
          ETag: entry.version.etag,
          Size: entry.version.size,
          StorageClass: entry.version.storageClass as "STANDARD",
        })),
      DeleteMarkers: page.items.filter(({ version }) => version.deleteMarker).map(shown),
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    };
  },
};

function contents(
  page: Page<Readonly<StoredObject>>,
  encode: (text: string) => string,
  Owner: { ID: string; DisplayName: string } | undefined,
) {
  return page.items.map(({ key, versions }) => {
    const version = versions[0]!;
    return {
      Key: encode(key),
      LastModified: new Date(version.lastModified),
      ETag: version.etag,
      Size: version.size,
      ...checksumFacts(version),
      StorageClass: version.storageClass as "STANDARD",
      Owner,
    };
  });
}

/** What lists say of a version's checksums. */
function checksumFacts({ checksums, checksumType }: ObjectVersion) {
  const algorithms = Object.keys(checksums).map((member) => member.replace("Checksum", ""));
  if (algorithms.length === 0) return {};
  return { ChecksumAlgorithm: algorithms as ["CRC32"], ChecksumType: checksumType };
}

/** The objects of a bucket, those too whose newest version is a delete marker, in the order of lists. */
function sortedObjects(context: CallContext, bucket: string): readonly Readonly<StoredObject>[] {
  return context.store
    .of(objects)
    .filter((object) => object.bucket === bucket)
    .sort((a, b) => compareKeys(a.key, b.key));
}

function readPage(
  context: CallContext,
  input: { Bucket: string; Prefix?: string; Delimiter?: string },
  after: string,
  max: number,
): Page<Readonly<StoredObject>> {
  return pageOf(sortedObjects(context, needBucket(context, input.Bucket).name).filter(isCurrent), {
    prefix: input.Prefix ?? "",
    delimiter: input.Delimiter ?? "",
    max,
    isBefore: (entry) => compareKeys(entry, after) <= 0,
  });
}

function decodeToken(token: string): string {
  const decoded = Buffer.from(token, "base64url");
  if (decoded.length === 0 || decoded.toString("base64url") !== token) {
    throw s3Error("InvalidArgument", 400, "The continuation token provided is incorrect", {
      ArgumentName: "continuation-token",
    });
  }
  return decoded.toString();
}

interface Entry {
  readonly key: string;
  readonly version: ObjectVersion;
  /** 0 for the newest version of the key. */
  readonly index: number;
}

function* versionsOf(context: CallContext, bucket: string): Generator<Entry> {
  for (const { key, versions } of sortedObjects(context, bucket))
    for (const [index, version] of versions.entries()) yield { key, version, index };
}

/** A version that has gone since it was a page's last begins its key anew: repeated is better than skipped. */
function readMarkers(
  context: CallContext,
  input: { Bucket: string; KeyMarker?: string; VersionIdMarker?: string },
): (entry: string, item: Entry | undefined) => boolean {
  const { Bucket, KeyMarker: key, VersionIdMarker: id } = input;
  if (id !== undefined && id !== "" && !key) {
    throw s3Error(
      "InvalidArgument",
      400,
      "A version-id marker cannot be specified without a key marker.",
      { ArgumentName: "version-id-marker", ArgumentValue: id },
    );
  }
  if (!key) return () => false;
  const last = id
    ? [...versionsOf(context, Bucket)].find(
        (entry) => entry.key === key && entry.version.versionId === id,
      )
    : undefined;
  return (entry, item) => {
    const order = compareKeys(entry, key);
    if (order !== 0 || !id || !item) return order <= 0;
    return last !== undefined && item.index <= last.index;
  };
}
