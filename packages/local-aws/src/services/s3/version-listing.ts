import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { owner } from "./owner.ts";
import { needBucket, s3Error, shownVersion } from "./faults.ts";
import { checksumFacts, sortedObjects } from "./listing.ts";
import { compareKeys, encoder, pageOf, pageSize } from "./pages.ts";
import type { ObjectVersion } from "./state.ts";

interface Entry {
  readonly key: string;
  readonly version: ObjectVersion;
  /** 0 for the newest version of the key. */
  readonly index: number;
}

/** Lists of versions: each version, delete marker and common prefix counts for one. */
export const versionListingHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
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
