import { randomBytes } from "node:crypto";

/** A new id in EC2's long form: the prefix, a dash and 17 hexadecimal digits, such as `vpc-0a1b…`. */
export function newId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString("hex")}`;
}
