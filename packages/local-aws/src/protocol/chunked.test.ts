import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { AwsError } from "./aws-error.ts";
import { AwsChunkedDecoder, trailersOf, type ChunkVerifier } from "./chunked.ts";

const UNSIGNED = "4\r\nWiki\r\n5\r\npedia\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";

async function decode(pieces: readonly string[], verify?: ChunkVerifier) {
  const decoder = new AwsChunkedDecoder({ verify });
  const source = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  source.pipe(decoder);
  const chunks: Buffer[] = [];
  for await (const chunk of decoder) chunks.push(chunk as Buffer);
  return { text: Buffer.concat(chunks).toString(), trailers: trailersOf(decoder) };
}

describe("the aws-chunked decoder", () => {
  it("takes the framing off, wherever the pieces are cut", async () => {
    for (let cut = 0; cut <= UNSIGNED.length; cut++) {
      const { text, trailers } = await decode([UNSIGNED.slice(0, cut), UNSIGNED.slice(cut)]);
      expect(text).toBe("Wikipedia");
      expect(trailers).toEqual({ "x-amz-checksum-crc32": "AAAAAA==" });
    }
    expect((await decode([...UNSIGNED])).text).toBe("Wikipedia");
  });

  it("reads an empty body", async () => {
    expect(await decode(["0\r\n\r\n"])).toEqual({ text: "", trailers: {} });
  });

  it("hands every chunk and the trailers to the verifier, in order", async () => {
    const seen: unknown[] = [];
    const verify: ChunkVerifier = {
      chunk: (data, signature) => seen.push([data.toString(), signature]),
      trailer: (trailers, signature) => seen.push([trailers, signature]),
    };
    const body =
      "2;chunk-signature=aa\r\nhi\r\n0;chunk-signature=bb\r\nX-Amz-Checksum-Crc32: x==\r\nx-amz-trailer-signature:cc\r\n\r\n";
    const { text, trailers } = await decode([...body], verify);
    expect(text).toBe("hi");
    expect(trailers).toEqual({ "x-amz-checksum-crc32": "x==" });
    expect(seen).toEqual([
      ["hi", "aa"],
      ["", "bb"],
      ["x-amz-checksum-crc32:x==\n", "cc"],
    ]);
  });

  it("passes no chunk on whose signature is wrong", async () => {
    const verify: ChunkVerifier = {
      chunk: () => {
        throw new AwsError("SignatureDoesNotMatch", "no", { status: 403 });
      },
      trailer: () => {},
    };
    await expect(decode(["2;chunk-signature=aa\r\nhi\r\n0\r\n\r\n"], verify)).rejects.toMatchObject(
      { code: "SignatureDoesNotMatch" },
    );
  });

  it.each(["", "4\r\nWi", "4\r\nWiki\r\n", "0\r\n"])("tells that %j breaks off", async (body) => {
    await expect(decode([body])).rejects.toMatchObject({ code: "IncompleteBody" });
  });

  it.each([
    "zz\r\n",
    "4\nWiki\r\n",
    "1\r\nab\r\n",
    "0\r\n\r\nmore",
    "0\r\n:x\r\n\r\n",
    "a".repeat(20_000),
  ])("tells that a body is malformed (case %#)", async (body) => {
    await expect(decode([body])).rejects.toMatchObject({ code: "InvalidRequest" });
  });
});
