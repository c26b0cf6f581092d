import { unclosedPattern } from "../faults.ts";
import { parseJsonPattern } from "./json-pattern.ts";
import { parseFieldPattern } from "./field-pattern.ts";
import { parseTermPattern } from "./term-pattern.ts";

/** Tells whether an event's message matches. */
export type MessageTest = (message: string) => boolean;

/**
 * Reads a filter pattern: terms (`ERROR -"not found" ?a ?b %regex%`), JSON (`{ $.status >= 500 && $.path = "/a*" }`), or
 * space-delimited fields (`[ip, ..., status = 4*, bytes]`). The empty pattern matches everything.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @throws AwsError `InvalidParameterException`
 */
export function parseFilterPattern(pattern: string): MessageTest {
  const text = pattern.trim();
  if (text === "") return () => true;
  if (text.startsWith("{")) {
    if (!text.endsWith("}")) throw unclosedPattern("{", "}");
    return parseJsonPattern(text.slice(1, -1));
  }
  if (text.startsWith("[")) {
    if (!text.endsWith("]")) throw unclosedPattern("[", "]");
    return parseFieldPattern(text.slice(1, -1));
  }
  return parseTermPattern(text);
}
