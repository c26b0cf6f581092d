import { AwsError } from "../../protocol/aws-error.ts";

/** Something that AWS can do and Local AWS cannot: refused by name, like an operation without a handler. */
export const unsupported = (what: string) =>
  new AwsError("NotImplemented", `Local AWS does not support ${what}.`, { status: 501 });
