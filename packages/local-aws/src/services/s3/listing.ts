import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { owner } from "./buckets.ts";
import { needBucket, s3Error, shownVersion } from "./errors.ts";
import { objects, type StoredObject } from "./state.ts";

/** A page of keys, and the prefixes that stand for the keys below them. */
interface Page {
  readonly objects: readonly Readonly<StoredObject>[];
  readonly prefixes: readonly string[];
  /** The last key or prefix of the page where there are more. */
  readonly next: string | undefined;
}

interface Query {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly after: string;
  readonly max: number;
  readonly wanted: (object: Readonly<StoredObject>) => boolean;
}

const isCurrent = ({ versions }: Readonly<StoredObject>) => !versions[0]!.deleteMarker;

/** Lists. Keys are in the order of their UTF-8 bytes, as S3 has them. */
export const listingHandlers: Handlers<typeof import("@aws-sdk/client-s3"), CallContext> = {
  ListObjectsV2(input, context) {
    const encode = encoder(input.EncodingType);
    const after =
      input.ContinuationToken === undefined
        ? (input.StartAfter ?? "")
        : decodeToken(input.ContinuationToken);
    const page = readPage(context, {
      bucket: needBucket(context, input.Bucket).name,
      prefix: input.Prefix ?? "",
      delimiter: input.Delimiter ?? "",
      after,
      max: pageSize(input.MaxKeys),
      wanted: isCurrent,
    });
    return {
      Name: input.Bucket,
      Prefix: encode(input.Prefix ?? ""),
      Delimiter: input.Delimiter === undefined ? undefined : encode(input.Delimiter),
      StartAfter: input.StartAfter,
      MaxKeys: pageSize(input.MaxKeys),
      KeyCount: page.objects.length + page.prefixes.length,
      IsTruncated: page.next !== undefined,
      ContinuationToken: input.ContinuationToken,
      NextContinuationToken:
        page.next === undefined ? undefined : Buffer.from(page.next).toString("base64url"),
      EncodingType: input.EncodingType,
      Contents: contents(page, encode, input.FetchOwner ? owner(context) : undefined),
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    };
  },

  ListObjects(input, context) {
    const encode = encoder(input.EncodingType);
    const page = readPage(context, {
      bucket: needBucket(context, input.Bucket).name,
      prefix: input.Prefix ?? "",
      delimiter: input.Delimiter ?? "",
      after: input.Marker ?? "",
      max: pageSize(input.MaxKeys),
      wanted: isCurrent,
    });
    return {
      Name: input.Bucket,
      Prefix: encode(input.Prefix ?? ""),
      Delimiter: input.Delimiter,
      Marker: input.Marker ?? "",
      MaxKeys: pageSize(input.MaxKeys),
      IsTruncated: page.next !== undefined,
      NextMarker: input.Delimiter && page.next !== undefined ? encode(page.next) : undefined,
      EncodingType: input.EncodingType,
      Contents: contents(page, encode, owner(context)),
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    };
  },

  ListObjectVersions(input, context) {
    const encode = encoder(input.EncodingType);
    const bucket = needBucket(context, input.Bucket);
    const page = readPage(context, {
      bucket: bucket.name,
      prefix: input.Prefix ?? "",
      delimiter: input.Delimiter ?? "",
      after: input.KeyMarker ?? "",
      max: pageSize(input.MaxKeys),
      wanted: () => true,
    });
    const all = page.objects.flatMap(({ key, versions }) =>
      versions.map((version, index) => ({ key, version, latest: index === 0 })),
    );
    const shown = (key: string, version: StoredObject["versions"][number], latest: boolean) => ({
      Key: encode(key),
      VersionId: shownVersion(bucket, version) ?? "null",
      IsLatest: latest,
      LastModified: new Date(version.lastModified),
      Owner: owner(context),
    });
    return {
      Name: input.Bucket,
      Prefix: encode(input.Prefix ?? ""),
      Delimiter: input.Delimiter,
      KeyMarker: input.KeyMarker ?? "",
      VersionIdMarker: input.VersionIdMarker ?? "",
      MaxKeys: pageSize(input.MaxKeys),
      IsTruncated: page.next !== undefined,
      NextKeyMarker: page.next === undefined ? undefined : encode(page.next),
      EncodingType: input.EncodingType,
      Versions: all
        .filter(({ version }) => !version.deleteMarker)
        .map(({ key, version, latest }) => ({
          ...shown(key, version, latest),
          ETag: version.etag,
          Size: version.size,
          StorageClass: version.storageClass as "STANDARD",
        })),
      DeleteMarkers: all
        .filter(({ version }) => version.deleteMarker)
        .map(({ key, version, latest }) => shown(key, version, latest)),
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    };
  },
};

function contents(
  page: Page,
  encode: (text: string) => string,
  Owner: { ID: string; DisplayName: string } | undefined,
) {
  return page.objects.map(({ key, versions }) => {
    const version = versions[0]!;
    return {
      Key: encode(key),
      LastModified: new Date(version.lastModified),
      ETag: version.etag,
      Size: version.size,
      StorageClass: version.storageClass as "STANDARD",
      Owner,
    };
  });
}

function readPage(context: CallContext, query: Query): Page {
  const { bucket, prefix, delimiter, after, max } = query;
  const candidates = context.store
    .of(objects)
    .filter(
      (object) => object.bucket === bucket && object.key.startsWith(prefix) && query.wanted(object),
    )
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const found: Readonly<StoredObject>[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (const object of candidates) {
    const cut = delimiter === "" ? -1 : object.key.indexOf(delimiter, prefix.length);
    const common = cut < 0 ? undefined : object.key.slice(0, cut + delimiter.length);
    const entry = common ?? object.key;
    if (Buffer.compare(Buffer.from(entry), Buffer.from(after)) <= 0 || entry === prefixes.at(-1))
      continue;
    if (found.length + prefixes.length >= max) return { objects: found, prefixes, next: last };
    if (common === undefined) found.push(object);
    else prefixes.push(common);
    last = entry;
  }
  return { objects: found, prefixes, next: undefined };
}

function pageSize(maxKeys: number | undefined): number {
  if (maxKeys !== undefined && (maxKeys < 0 || !Number.isInteger(maxKeys))) {
    throw s3Error(
      "InvalidArgument",
      400,
      "Argument maxKeys must be an integer between 0 and 2147483647",
      {
        ArgumentName: "maxKeys",
        ArgumentValue: String(maxKeys),
      },
    );
  }
  return Math.min(maxKeys ?? 1000, 1000);
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

function encoder(type: string | undefined): (text: string) => string {
  return type === "url"
    ? (text) => encodeURIComponent(text).replaceAll("%2F", "/")
    : (text) => text;
}
