import type { StateValue } from "@aws-sdk/client-cloudwatch";
import { ownName, type Place } from "../../ground/arn.ts";
import { validation } from "./faults.ts";

/** A composite alarm's rule, read. */
export type AlarmRule =
  | { readonly type: "constant"; readonly is: boolean }
  | { readonly type: "state"; readonly state: StateValue; readonly alarm: string }
  | { readonly type: "not"; readonly of: AlarmRule }
  | { readonly type: "and" | "or"; readonly left: AlarmRule; readonly right: AlarmRule };

const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^\s()"']+))\s*\)|(TRUE|FALSE|AND|OR|NOT)\b|([()]))/y;
const MOST_ALARMS = 100;

type Token = string | { readonly state: StateValue; readonly alarm: string };

/**
 * Reads a rule such as `ALARM(a) AND NOT (OK("b c") OR FALSE)`. Alarms are named by name or ARN.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 * @throws AwsError `ValidationException`
 */
export function parseAlarmRule(text: string, place: Place): AlarmRule {
  const tokens = tokenize(text, place);
  const rule = either(tokens, 0);
  if (tokens.length > 0) throw invalid();
  if (alarmsOf(rule).length > MOST_ALARMS)
    throw validation(`AlarmRule can name at most ${MOST_ALARMS} alarms`);
  return rule;
}

function tokenize(text: string, place: Place): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const match = pattern.exec(text);
    if (!match) throw invalid();
    const [, state, double, single, plain, word, sign] = match;
    if (state === undefined) tokens.push(word ?? sign!);
    else
      tokens.push({
        state: state as StateValue,
        alarm: nameOfAlarm(double ?? single ?? plain!, place),
      });
  }
  return tokens;
}

/** Of an alarm that is given by its name or its ARN. */
export const nameOfAlarm = (alarm: string, place: Place): string =>
  ownName(alarm, "cloudwatch", "alarm:", place);

function either(tokens: Token[], depth: number): AlarmRule {
  let left = together(tokens, depth);
  while (tokens[0] === "OR") {
    tokens.shift();
    left = { type: "or", left, right: together(tokens, depth) };
  }
  return left;
}

function together(tokens: Token[], depth: number): AlarmRule {
  let left = single(tokens, depth);
  while (tokens[0] === "AND") {
    tokens.shift();
    left = { type: "and", left, right: single(tokens, depth) };
  }
  return left;
}

function single(tokens: Token[], depth: number): AlarmRule {
  const token = tokens.shift();
  if (token === undefined || depth > 100) throw invalid();
  if (typeof token === "object") return { type: "state", ...token };
  if (token === "TRUE" || token === "FALSE") return { type: "constant", is: token === "TRUE" };
  if (token === "NOT") return { type: "not", of: single(tokens, depth + 1) };
  if (token !== "(") throw invalid();
  const inner = either(tokens, depth + 1);
  if (tokens.shift() !== ")") throw invalid();
  return inner;
}

const invalid = () => validation("AlarmRule must be a valid boolean expression");

/** The names of a rule's alarms, each as often as it is there. */
export function alarmsOf(rule: AlarmRule): string[] {
  if (rule.type === "constant") return [];
  if (rule.type === "state") return [rule.alarm];
  if (rule.type === "not") return alarmsOf(rule.of);
  return [...alarmsOf(rule.left), ...alarmsOf(rule.right)];
}

/** Whether a rule holds. One that is gone is in no state. */
export function holds(
  rule: AlarmRule,
  stateOf: (alarm: string) => StateValue | undefined,
): boolean {
  switch (rule.type) {
    case "constant":
      return rule.is;
    case "state":
      return stateOf(rule.alarm) === rule.state;
    case "not":
      return !holds(rule.of, stateOf);
    case "and":
      return holds(rule.left, stateOf) && holds(rule.right, stateOf);
    case "or":
      return holds(rule.left, stateOf) || holds(rule.right, stateOf);
  }
}
