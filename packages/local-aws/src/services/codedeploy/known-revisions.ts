import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import type { Scope } from "../../store/store.ts";
import { applicationRevisions } from "./state.ts";

/** What a revision is known by: where it is in S3, or what its content comes to. */
export function nameOf({ revisionType, s3Location, appSpecContent }: RevisionLocation): string {
  const { bucket, key, version, eTag } = s3Location ?? {};
  return JSON.stringify([revisionType, bucket, key, version, eTag, appSpecContent?.sha256]);
}

/** How a revision is called in its collection. */
export const keyOf = (application: string, location: RevisionLocation) =>
  `${application}/${nameOf(location)}`;

/** The revisions of an application. */
export const revisionsOf = (store: Scope, application: string) =>
  store.of(applicationRevisions).filter(({ applicationName }) => applicationName === application);

/** Takes an application's revisions along to its new name; without one they go. */
export function moveRevisions(store: Scope, application: string, name: string | undefined): void {
  for (const revision of revisionsOf(store, application)) {
    store.of(applicationRevisions).delete(keyOf(application, revision.location));
    if (name !== undefined)
      store
        .of(applicationRevisions)
        .put(keyOf(name, revision.location), { ...revision, applicationName: name });
  }
}

/** Registers a revision that a deployment uses, where nobody has yet. */
export function useRevision(
  store: Scope,
  application: string,
  location: RevisionLocation,
  { id, createdAt }: { readonly id: string; readonly createdAt: number },
): void {
  const key = keyOf(application, location);
  const known = store.of(applicationRevisions).get(key);
  store.of(applicationRevisions).put(key, {
    applicationName: application,
    location,
    description: `Application revision registered by Deployment ID: ${id}`,
    registeredAt: createdAt,
    firstUsedAt: createdAt,
    ...known,
    lastUsedAt: createdAt,
  });
}
