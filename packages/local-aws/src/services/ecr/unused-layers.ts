import type { Store } from "../../store/store.ts";
import type { LayerFiles } from "./layer-files.ts";
import { parseManifest } from "./manifest.ts";
import { images, layers } from "./state.ts";

/**
 * Forgets the layers, configurations and manifests that no image of their repository has any more, and answers how many.
 * A push brings its layers first and the manifest at the end, so what is younger than `ageMs` stays. The files go with
 * the sweep of what nothing names.
 * @param now the cloud's time
 */
export function forgetUnusedLayers(
  store: Store,
  files: LayerFiles,
  now: number,
  ageMs: number,
): number {
  let forgotten = 0;
  store.transaction(() => {
    for (const { place } of store.all(layers)) {
      const scope = store.scope(place.account, place.region);
      const used = new Set<string>();
      for (const { repositoryName, digest, mediaType } of scope.of(images).values())
        for (const part of partsOf(files, digest, mediaType)) used.add(`${repositoryName}@${part}`);
      const all = scope.of(layers);
      for (const { repositoryName, digest, pushedAt = 0 } of all.values()) {
        const key = `${repositoryName}@${digest}`;
        if (used.has(key) || pushedAt > now - ageMs) continue;
        all.delete(key);
        forgotten++;
      }
    }
  });
  return forgotten;
}

function partsOf(files: LayerFiles, digest: string, mediaType: string): readonly string[] {
  if (!files.has(digest)) return [digest];
  const { config, layers: own, manifests } = parseManifest(files.text(digest), mediaType);
  return [digest, ...[...(config ? [config] : []), ...own, ...manifests].map((it) => it.digest)];
}
