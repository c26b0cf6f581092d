import type { Readable } from "node:stream";
import { CHECKSUM_ALGORITHMS } from "./checksums.ts";
import { s3Error } from "./faults.ts";
import { trailersOf } from "../../protocol/chunked.ts";

/** The members of a write that tell of checksums. */
export type ChecksumInput = Readonly<Record<string, unknown>> & {
  ChecksumAlgorithm?: string;
  ContentMD5?: string;
};

/** The member of the SDK's types that carries the checksum of an algorithm. */
export function memberOf(algorithm: string): string {
  return `Checksum${algorithm}`;
}

/**
 * The algorithms that a write has to be checked with: the one it names, those whose value it brings, and CRC64NVME, which
 * S3 adds where a writer names none.
 */
export function requestedChecksums(input: ChecksumInput): string[] {
  const named = CHECKSUM_ALGORITHMS.filter(
    (algorithm) =>
      input.ChecksumAlgorithm === algorithm || input[memberOf(algorithm)] !== undefined,
  );
  return named.length > 0 ? named : ["CRC64NVME"];
}

/** The algorithms that a writer brings the values of, or names. */
export function statedAlgorithms(input: ChecksumInput, body: Readable | undefined): string[] {
  const trailers = body ? trailersOf(body) : {};
  return CHECKSUM_ALGORITHMS.filter(
    (algorithm) =>
      input.ChecksumAlgorithm === algorithm ||
      input[memberOf(algorithm)] !== undefined ||
      trailers[checksumHeader(algorithm)] !== undefined,
  );
}

/** The trailing header of an algorithm's checksum. */
function checksumHeader(algorithm: string): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/**
 * Compares what was computed with what the writer said, in members and in the trailers of `body`.
 * @throws AwsError `BadDigest`
 */
export function verifyChecksums(
  input: ChecksumInput,
  body: Readable | undefined,
  computed: Readonly<Record<string, string>>,
  md5Hex: string,
): void {
  const trailers = body ? trailersOf(body) : {};
  for (const [algorithm, value] of Object.entries(computed)) {
    const said =
      (input[memberOf(algorithm)] as string | undefined) ?? trailers[checksumHeader(algorithm)];
    if (said !== undefined && said !== value) {
      throw s3Error(
        "BadDigest",
        400,
        `The ${algorithm} you specified did not match the calculated checksum.`,
      );
    }
  }
  if (
    input.ContentMD5 !== undefined &&
    Buffer.from(input.ContentMD5, "base64").toString("hex") !== md5Hex
  ) {
    throw s3Error(
      "BadDigest",
      400,
      "The Content-MD5 you specified did not match what we received.",
    );
  }
}
