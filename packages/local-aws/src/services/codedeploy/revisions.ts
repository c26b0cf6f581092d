import type * as Sdk from "@aws-sdk/client-codedeploy";
import type { Scope } from "../../store/store.ts";
import { cutPage } from "../kit/pages.ts";
import { checkBatch } from "./applications.ts";
import { checkRevision } from "./app-spec.ts";
import { bucketRequired, invalidToken, revisionMissing, revisionRequired } from "./faults.ts";
import { groupsOf, needApplication } from "./find.ts";
import type { CodeDeployHandlers } from "./handlers.ts";
import { keyOf, nameOf, revisionsOf } from "./known-revisions.ts";
import { applicationRevisions, type ApplicationRevision } from "./state.ts";

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetApplicationRevisions.html */
const MOST_IN_BATCH = 25;

/** A revision that is asked for: its content may be named by what it comes to. */
function asked(revision: Sdk.RevisionLocation | undefined): Sdk.RevisionLocation {
  const { content, sha256 } = revision?.appSpecContent ?? {};
  return revision && content === undefined && sha256 !== undefined
    ? { revisionType: revision.revisionType, appSpecContent: { sha256: sha256.toLowerCase() } }
    : checkRevision(revision);
}

function described(
  store: Scope,
  { applicationName, location, ...revision }: Readonly<ApplicationRevision>,
): Sdk.GenericRevisionInfo {
  const { description, registeredAt, firstUsedAt, lastUsedAt } = revision;
  const groups = groupsOf(store, applicationName).filter(
    ({ target }) => target && nameOf(target.revision) === nameOf(location),
  );
  return {
    description,
    deploymentGroups: groups.map(({ name }) => name),
    registerTime: new Date(registeredAt),
    ...(firstUsedAt !== undefined && { firstUsedTime: new Date(firstUsedAt) }),
    ...(lastUsedAt !== undefined && { lastUsedTime: new Date(lastUsedAt) }),
  };
}

const TIMES = {
  registerTime: ({ registeredAt }) => registeredAt,
  firstUsedTime: ({ firstUsedAt = 0 }) => firstUsedAt,
  lastUsedTime: ({ lastUsedAt = 0 }) => lastUsedAt,
} as const satisfies Record<Sdk.ApplicationRevisionSortBy, (it: ApplicationRevision) => number>;

function matches(
  store: Scope,
  revision: Readonly<ApplicationRevision>,
  { s3Bucket, s3KeyPrefix = "", deployed = "ignore" }: Sdk.ListApplicationRevisionsInput,
): boolean {
  const { bucket, key = "" } = revision.location.s3Location ?? {};
  if (s3Bucket !== undefined && (bucket !== s3Bucket || !key.startsWith(s3KeyPrefix))) return false;
  if (deployed === "ignore") return true;
  const isTarget = described(store, revision).deploymentGroups!.length > 0;
  return isTarget === (deployed === "include");
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/application-revisions.html */
export const revisionHandlers: CodeDeployHandlers = {
  RegisterApplicationRevision({ applicationName, revision, description }, { store, clock }) {
    needApplication(store, applicationName);
    const location = checkRevision(revision);
    const key = keyOf(applicationName, location);
    store.of(applicationRevisions).put(key, {
      applicationName,
      location,
      registeredAt: clock.now(),
      ...store.of(applicationRevisions).get(key),
      ...(description !== undefined && { description }),
    });
    return {};
  },

  GetApplicationRevision({ applicationName, revision }, { store }) {
    needApplication(store, applicationName);
    const found = store
      .of(applicationRevisions)
      .get(keyOf(applicationName, asked(revision as Sdk.RevisionLocation)));
    if (!found) throw revisionMissing();
    return { applicationName, revision: found.location, revisionInfo: described(store, found) };
  },

  BatchGetApplicationRevisions({ applicationName, revisions = [] }, { store }) {
    needApplication(store, applicationName);
    if (revisions.length === 0) throw revisionRequired();
    checkBatch(
      revisions.map(() => ""),
      MOST_IN_BATCH,
    );
    const found = revisions.map((revision) =>
      store
        .of(applicationRevisions)
        .get(keyOf(applicationName, asked(revision as Sdk.RevisionLocation))),
    );
    return {
      applicationName,
      errorMessage: found.includes(undefined) ? revisionMissing().message : "",
      revisions: found
        .filter((it) => it !== undefined)
        .map((it) => ({
          revisionLocation: it.location,
          genericRevisionInfo: described(store, it),
        })),
    };
  },

  ListApplicationRevisions(input, { store }) {
    const { applicationName, s3Bucket, s3KeyPrefix, nextToken } = input;
    needApplication(store, applicationName);
    if (s3KeyPrefix !== undefined && s3Bucket === undefined) throw bucketRequired();
    const { sortBy = "registerTime", sortOrder = "ascending" } = input;
    const found = revisionsOf(store, applicationName).filter((it) => matches(store, it, input));
    const isDescending = sortOrder === "descending";
    const key = (it: ApplicationRevision) =>
      `${String(TIMES[sortBy](it)).padStart(15, "0")} ${nameOf(it.location)}`;
    const sorted = found.toSorted((a, b) => (key(a) < key(b) ? -1 : 1) * (isDescending ? -1 : 1));
    const { items, next } = cutPage(sorted, {
      key,
      size: 100,
      token: nextToken,
      of: `revisions by ${sortBy}`,
      invalid: invalidToken,
      descending: isDescending,
    });
    return { revisions: items.map(({ location }) => location), nextToken: next };
  },
};
