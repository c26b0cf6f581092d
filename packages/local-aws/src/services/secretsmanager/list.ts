import type { Filter } from "@aws-sdk/client-secrets-manager";
import type { Handlers } from "../../protocol/typed.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { invalidToken } from "./faults.ts";
import { allSecrets, checkAccess } from "./find.ts";
import { stagesOf, summary } from "./secrets.ts";
import type { Secret } from "./state.ts";

/** What secrets are sorted by; a number in a form that sorts as text. */
const SORTS: Readonly<Record<string, (secret: Readonly<Secret>) => string>> = {
  name: ({ name }) => name,
  "created-date": ({ createdAt, name }) => `${asText(createdAt)} ${name}`,
  "last-changed-date": ({ changedAt, name }) => `${asText(changedAt)} ${name}`,
  "last-accessed-date": ({ accessedAt = 0, name }) => `${asText(accessedAt)} ${name}`,
};

const asText = (at: number) => String(at).padStart(16, "0");

export const listHandlers: Handlers<typeof import("@aws-sdk/client-secrets-manager"), CallContext> =
  {
    ListSecrets(input, context) {
      const { IncludePlannedDeletion = false, MaxResults = 100, NextToken, Filters = [] } = input;
      checkAccess(context, "ListSecrets", "*");
      const all = matching(context, Filters).filter(
        ({ deletion }) => IncludePlannedDeletion || !deletion,
      );
      const key = SORTS[input.SortBy ?? "created-date"]!;
      const descending = input.SortOrder === "desc";
      const sorted = all.toSorted((a, b) => (key(a) < key(b) === descending ? 1 : -1));
      const { items, next } = cutPage(sorted, {
        key,
        size: MaxResults,
        token: NextToken,
        of: "secrets",
        invalid: invalidToken,
        descending,
      });
      const secretList = items.map((secret) => ({
        ...summary(secret),
        SecretVersionsToStages: stagesOf(secret),
      }));
      return { SecretList: secretList, NextToken: next };
    },
  };

/** The secrets that pass every filter, by one of its values each. https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_search-secret.html */
export function matching(context: CallContext, filters: readonly Filter[]): Readonly<Secret>[] {
  return allSecrets(context).filter((secret) =>
    filters.every((filter) => passes(secret, filter, context)),
  );
}

function passes(
  secret: Readonly<Secret>,
  { Key = "all", Values = [] }: Filter,
  { region }: CallContext,
): boolean {
  const texts: Readonly<Record<string, readonly string[]>> = {
    name: [secret.name],
    description: [secret.description ?? ""],
    "tag-key": secret.tags.map((tag) => tag.Key),
    "tag-value": secret.tags.map((tag) => tag.Value),
    "primary-region": [region],
    "owning-service": [],
  };
  return Values.some((value) => {
    const isNot = value.startsWith("!");
    const wanted = isNot ? value.slice(1) : value;
    const found =
      Key === "all"
        ? hasWords(Object.values(texts).flat(), wanted)
        : hasPrefix(texts[Key] ?? [], wanted, Key);
    return found !== isNot;
  });
}

/** Case counts in names and tags, and not in descriptions. */
function hasPrefix(texts: readonly string[], wanted: string, key: string): boolean {
  const fold = (text: string) => (key === "description" ? text.toLowerCase() : text);
  return texts.some((text) => fold(text).startsWith(fold(wanted)));
}

/** Every word has to begin a word of what is known of a secret. */
function hasWords(texts: readonly string[], wanted: string): boolean {
  const words = (text: string) =>
    text
      .toLowerCase()
      .split(/[\s/_+=.@-]+/)
      .filter(Boolean);
  const known = texts.flatMap(words);
  return words(wanted).every((word) => known.some((each) => each.startsWith(word)));
}
