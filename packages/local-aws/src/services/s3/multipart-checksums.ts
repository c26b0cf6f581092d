import type { Readable } from "node:stream";
import { createDigest } from "./checksums.ts";
import { s3Error } from "./faults.ts";
import { memberOf, statedAlgorithms, type ChecksumInput } from "./request-checksums.ts";
import type { MultipartUpload } from "./state.ts";

type Part = MultipartUpload["parts"][number];
type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** Which types an algorithm has in multipart uploads, its default first. */
const TYPES: Readonly<Record<string, readonly ChecksumType[]>> = {
  CRC64NVME: ["FULL_OBJECT"],
  CRC32: ["COMPOSITE", "FULL_OBJECT"],
  CRC32C: ["COMPOSITE", "FULL_OBJECT"],
};

const invalid = (message: string) => s3Error("InvalidRequest", 400, message);

/**
 * The type of an upload's checksum.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 * @returns undefined where no algorithm was asked for: S3 then adds CRC64NVME of the whole object in the end
 * @throws AwsError `InvalidRequest` where the algorithm does not have it
 */
export function checksumTypeOf(
  algorithm: string | undefined,
  asked: string | undefined,
): ChecksumType | undefined {
  if (algorithm === undefined) {
    if (asked === undefined) return undefined;
    throw invalid(
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  const types = TYPES[algorithm] ?? ["COMPOSITE"];
  const type = types.find((each) => each === (asked ?? types[0]));
  if (type) return type;
  throw invalid(
    `The ${asked} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}

/** @throws AwsError `InvalidRequest` where a part brings another checksum than its upload was created for */
export function checkPartAlgorithm(
  { checksumAlgorithm: expected, attributes }: Readonly<MultipartUpload>,
  input: ChecksumInput,
  body: Readable | undefined,
): void {
  if (expected === undefined) return;
  const stated = statedAlgorithms(input, body);
  const isOptional = stated.length === 0 && attributes.checksumType === "FULL_OBJECT";
  if (isOptional || stated.includes(expected)) return;
  throw invalid(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${stated[0]?.toLowerCase() ?? "null"}`,
  );
}

/**
 * Whether a part that is listed in the end has the checksum that is listed with it.
 * @throws AwsError `InvalidRequest` where each part must be listed with one, and this is not
 */
export function hasListedChecksum(
  { checksumAlgorithm: algorithm, attributes }: Readonly<MultipartUpload>,
  part: Part,
  listed: Readonly<Record<string, unknown>>,
): boolean {
  if (algorithm === undefined) return true;
  const member = memberOf(algorithm);
  if (listed[member] !== undefined) return listed[member] === part.checksums[member];
  if (attributes.checksumType === "FULL_OBJECT") return true;
  throw invalid(
    `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.partNumber} in the request.`,
  );
}

/** The checksum of checksums: of those of the parts, with their number behind it. */
export function compositeChecksum(algorithm: string, parts: readonly Part[]): string {
  const digest = createDigest(algorithm);
  for (const { checksums } of parts)
    digest.update(Buffer.from(checksums[memberOf(algorithm)]!, "base64"));
  return `${digest.digest()}-${parts.length}`;
}

/** @throws AwsError `InvalidRequest` or `BadDigest` where what is said in the end differs from what was made */
export function checkWhole(
  input: Readonly<Record<string, unknown>>,
  made: { size: number; checksums: Readonly<Record<string, string>>; checksumType: ChecksumType },
): void {
  const { ChecksumType: type, MpuObjectSize: size } = input;
  if (type !== undefined && type !== made.checksumType) {
    throw invalid(
      `The upload was created using the ${made.checksumType} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  if (size !== undefined && size !== made.size) {
    throw invalid(
      `The provided 'x-amz-mp-object-size' header value ${size as number} does not match what was computed: ${made.size}`,
    );
  }
  for (const [member, value] of Object.entries(made.checksums)) {
    const said = input[member];
    if (said === undefined || said === value || said === value.replace(/-\d+$/, "")) continue;
    const algorithm = member.replace("Checksum", "").toLowerCase();
    throw s3Error(
      "BadDigest",
      400,
      `The ${algorithm} you specified did not match the calculated checksum.`,
    );
  }
}
