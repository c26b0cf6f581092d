import { Readable } from "node:stream";
import { AwsError } from "../../protocol/aws-error.ts";

/** A form as a browser sends it: the fields before its file, and the file. */
export interface FormBody {
  /** By lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  readonly fileName: string;
  /** To be read; what comes after it does not count. */
  readonly file: Readable;
}

/** What may stand before the file: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
const MAX_FIELD_BYTES = 20 * 1024;

/** The boundary of a form with files, or undefined where `contentType` is another. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;.*\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(
    contentType ?? "",
  );
  return match?.[1] ?? match?.[2];
}

/**
 * Reads a form up to its file: RFC 7578.
 * @throws AwsError where it is none, has no file, or has too much before it
 */
export async function readForm(body: Readable, boundary: string): Promise<FormBody> {
  const cutter = new Cutter(body);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const fields = new Map<string, string>();
  let spent = (await cutter.until(delimiter, MAX_FIELD_BYTES)).length;
  for (;;) {
    const mark = (await cutter.until(Buffer.from("\r\n"), MAX_FIELD_BYTES)).toString();
    if (mark.startsWith("--")) throw noFile();
    const head = (await cutter.until(Buffer.from("\r\n\r\n"), MAX_FIELD_BYTES)).toString();
    const name = /;\s*name="([^"]*)"/i.exec(head)?.[1]?.toLowerCase();
    if (name === undefined) throw malformed();
    if (name === "file") {
      const fileName = /;\s*filename="([^"]*)"/i.exec(head)?.[1]?.replace(/^.*[/\\]/, "") ?? "";
      return { fields, fileName, file: Readable.from(cutter.stream(delimiter)) };
    }
    const value = await cutter.until(delimiter, MAX_FIELD_BYTES);
    spent += head.length + value.length;
    if (spent > MAX_FIELD_BYTES) throw tooLong();
    fields.set(name, value.toString());
  }
}

/** Cuts a stream at byte sequences, and holds no more of it than it was told to look through. */
class Cutter {
  readonly #source: AsyncIterator<Buffer>;
  // As if a line ended before the first boundary, which then looks like all others.
  #held: Buffer = Buffer.from("\r\n");

  constructor(source: Readable) {
    this.#source = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The bytes before `end`, which is taken off too. */
  async until(end: Buffer, limit: number): Promise<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(end);
      if (at >= 0) {
        const before = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + end.length);
        return before;
      }
      if (this.#held.length > limit) throw tooLong();
      if (!(await this.#more())) throw malformed();
    }
  }

  /** The bytes before `end`, as they come; then the rest, unseen. */
  async *stream(end: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(end);
      const safe = at >= 0 ? at : this.#held.length - end.length;
      if (safe > 0) {
        yield this.#held.subarray(0, safe);
        this.#held = this.#held.subarray(safe);
      }
      if (at >= 0) break;
      if (!(await this.#more())) throw malformed();
    }
    do this.#held = Buffer.alloc(0);
    while (await this.#more());
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done) return false;
    this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value]);
    return true;
  }
}

function noFile(): AwsError {
  const message = "POST requires exactly one file upload per request.";
  const fields = { ArgumentName: "file", ArgumentValue: "0" };
  return new AwsError("InvalidArgument", message, { status: 400, fields });
}

function malformed(): AwsError {
  const message = "The body of your POST request is not well-formed multipart/form-data.";
  return new AwsError("MalformedPOSTRequest", message, { status: 400 });
}

function tooLong(): AwsError {
  const message = "Your POST request fields preceding the upload file were too large.";
  return new AwsError("MaxPostPreDataLengthExceededError", message, { status: 400 });
}
