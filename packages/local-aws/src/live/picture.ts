import type { EffectiveListener } from "../engine/load-balancer/load-balancers.ts";
import { vpcs } from "../services/ec2/state.ts";
import { images, repositories } from "../services/ecr/state.ts";
import { clusters } from "../services/ecs/state.ts";
import type { Scope, Store } from "../store/store.ts";
import { clusterPicture } from "./cluster-picture.ts";
import type { PictureMessage, RepositoryPicture } from "./messages.ts";
import { pathPictures } from "./path-pictures.ts";
import { vpcPicture } from "./vpc-pictures.ts";

export interface PictureContext {
  /** Whose resources are drawn, in all regions. */
  readonly account: string;
  readonly homeAddress: string;
  readonly listeners: readonly EffectiveListener[];
}

/** Draws what an account has. Reads the store alone, and changes nothing. */
export function takePicture(
  store: Store,
  { account, homeAddress, listeners }: PictureContext,
): Omit<PictureMessage, "at"> {
  const scopes = regionsOf(store, account);
  return {
    type: "picture",
    repositories: scopes.flatMap(repositoryPictures),
    vpcs: scopes.flatMap((scope) =>
      scope
        .of(vpcs)
        .filter(({ isDefault }) => !isDefault)
        .map((vpc) => vpcPicture(scope, vpc, listeners)),
    ),
    clusters: scopes.flatMap((scope) =>
      scope
        .of(clusters)
        .filter(({ status }) => status === "ACTIVE")
        .map((cluster) => clusterPicture(scope, cluster)),
    ),
    paths: scopes.flatMap((scope) => pathPictures(scope, homeAddress)),
  };
}

function repositoryPictures(scope: Scope): RepositoryPicture[] {
  const all = scope.of(images).values();
  return scope
    .of(repositories)
    .values()
    .map(({ name }) => ({
      name,
      images: all.filter(({ repositoryName }) => repositoryName === name).length,
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

function regionsOf(store: Store, account: string): Scope[] {
  const kinds = [...store.all(repositories), ...store.all(vpcs), ...store.all(clusters)];
  const places = kinds.map(({ place }) => place);
  const regions = places.filter((place) => place.account === account).map(({ region }) => region);
  return [...new Set(regions)].map((region) => store.scope(account, region));
}
