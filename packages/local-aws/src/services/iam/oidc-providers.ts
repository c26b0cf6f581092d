import type { Scope } from "../../store/store.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";
import { oidcProviders, type OidcProvider } from "./state.ts";
import { withoutTags, withTags } from "./tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST_PROVIDERS = 100;
const MOST_CLIENT_IDS = 100;
const MOST_THUMBPRINTS = 5;

/** An issuer as IAM shows it, without `https://`. What is reached by http keeps that: it is another issuer. */
export const shownUrl = (url: string) => url.replace(/^https:\/\//, "");

/** `arn:aws:iam::<account>:oidc-provider/<host and path>`. */
export function providerArn(account: string, url: string): string {
  return `arn:aws:iam::${account}:oidc-provider/${url.replace(/^https?:\/\//, "")}`;
}

/** Whether keys that vouch for somebody may come from there: by https, or from this machine itself. */
export function isTrustworthy({ protocol, hostname }: URL): boolean {
  const isHere = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return protocol === "https:" || (protocol === "http:" && isHere);
}

/** @throws AwsError `ValidationError` for what can be no issuer */
function checkUrl(text: string): void {
  const url = URL.parse(text);
  const isPlain = url && !url.search && !url.hash && !url.username && !url.password;
  if (!isPlain || !isTrustworthy(url) || !/^https?:\/\//.test(text))
    throw faults.validationError("Invalid Open ID Connect Provider URL");
}

function requireProvider(scope: Scope, arn: string): Readonly<OidcProvider> {
  const provider = scope.of(oidcProviders).get(arn);
  if (!provider) throw faults.oidcProviderNotFound(arn);
  return provider;
}

function checkedClientIds(ids: readonly string[]): readonly string[] {
  const each = [...new Set(ids)];
  if (each.length > MOST_CLIENT_IDS)
    throw faults.quotaExceeded("ClientIdsPerOpenIdConnectProvider", MOST_CLIENT_IDS);
  return each;
}

function checkedThumbprints(thumbprints: readonly string[]): readonly string[] {
  if (thumbprints.length > MOST_THUMBPRINTS)
    throw faults.invalidInput("Thumbprint list must contain fewer than 5 entries.");
  return thumbprints.map((each) => each.toLowerCase());
}

/** Who vouches for people and programs that have no key: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html */
export const oidcProviderHandlers = {
  CreateOpenIDConnectProvider(input, { store, account, clock }) {
    const { Url: url, ClientIDList: clientIds = [], ThumbprintList: thumbprints = [] } = input;
    checkUrl(url);
    const arn = providerArn(account, url);
    const all = store.of(oidcProviders);
    if (all.has(arn)) throw faults.entityAlreadyExists(`Provider with url ${url} already exists.`);
    if (all.size >= MOST_PROVIDERS)
      throw faults.quotaExceeded("OpenIdConnectProvidersPerAccount", MOST_PROVIDERS);
    const { tags } = all.put(arn, {
      arn,
      url: shownUrl(url),
      clientIds: checkedClientIds(clientIds),
      thumbprints: checkedThumbprints(thumbprints),
      tags: withTags([], input.Tags),
      createdAt: clock.now(),
    });
    return { OpenIDConnectProviderArn: arn, Tags: tags.length > 0 ? [...tags] : undefined };
  },

  GetOpenIDConnectProvider(input, { store }) {
    const provider = requireProvider(store, input.OpenIDConnectProviderArn);
    return {
      Url: provider.url,
      ClientIDList: [...provider.clientIds],
      ThumbprintList: [...provider.thumbprints],
      CreateDate: new Date(provider.createdAt),
      Tags: [...provider.tags],
    };
  },

  ListOpenIDConnectProviders(_input, { store }) {
    return {
      OpenIDConnectProviderList: store
        .of(oidcProviders)
        .ids()
        .map((Arn) => ({ Arn })),
    };
  },

  /** No fault where there is none: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html */
  DeleteOpenIDConnectProvider(input, { store }) {
    store.of(oidcProviders).delete(input.OpenIDConnectProviderArn);
    return {};
  },

  AddClientIDToOpenIDConnectProvider(input, { store }) {
    const { arn, clientIds } = requireProvider(store, input.OpenIDConnectProviderArn);
    const ids = checkedClientIds([...clientIds, input.ClientID]);
    store.of(oidcProviders).patch(arn, { clientIds: ids });
    return {};
  },

  RemoveClientIDFromOpenIDConnectProvider(input, { store }) {
    const { arn, clientIds } = requireProvider(store, input.OpenIDConnectProviderArn);
    const left = clientIds.filter((id) => id !== input.ClientID);
    store.of(oidcProviders).patch(arn, { clientIds: left });
    return {};
  },

  UpdateOpenIDConnectProviderThumbprint(input, { store }) {
    const { arn } = requireProvider(store, input.OpenIDConnectProviderArn);
    const thumbprints = checkedThumbprints(input.ThumbprintList);
    store.of(oidcProviders).patch(arn, { thumbprints });
    return {};
  },

  TagOpenIDConnectProvider(input, { store }) {
    const { arn, tags } = requireProvider(store, input.OpenIDConnectProviderArn);
    store.of(oidcProviders).patch(arn, { tags: withTags(tags, input.Tags) });
    return {};
  },

  UntagOpenIDConnectProvider(input, { store }) {
    const { arn, tags } = requireProvider(store, input.OpenIDConnectProviderArn);
    store.of(oidcProviders).patch(arn, { tags: withoutTags(tags, input.TagKeys) });
    return {};
  },

  ListOpenIDConnectProviderTags(input, { store }) {
    const { tags } = requireProvider(store, input.OpenIDConnectProviderArn);
    const { items, paging } = paginate(tags, input, "oidc-provider-tags", ({ Key }) => Key);
    return { Tags: items, ...paging };
  },
} satisfies IamHandlers;
