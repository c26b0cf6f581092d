import type { Timer } from "../../clock/clock.ts";
import { listsThatHold } from "../../services/ecr/image-failures.ts";
import { LayerFiles } from "../../services/ecr/layer-files.ts";
import { expiredImages, lifecycleRules } from "../../services/ecr/lifecycle-policy.ts";
import { images, repositories, type Repository } from "../../services/ecr/state.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext, EnginePart } from "../engine.ts";

/** A policy takes effect within a day: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html */
const EVERY_MS = 24 * 3_600_000;

/** Takes away the images that repositories' lifecycle policies expire. */
export class ImageExpiry implements EnginePart {
  readonly name = "image expiry";
  readonly #context: EngineContext;
  readonly #files: LayerFiles;
  #timer: Timer | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#files = new LayerFiles(context.settings.dataDir);
  }

  async start(): Promise<void> {
    this.#timer = this.#context.clock.idle(EVERY_MS, () => {
      this.#expire();
      void this.start();
    });
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
  }

  #expire(): void {
    const { store } = this.#context;
    store.record(() => {
      for (const { place, values } of store
        .all(repositories)
        .map((each) => ({ place: each.place, values: each.values() }))) {
        const scope = store.scope(place.account, place.region);
        for (const repository of values) this.#expireIn(scope, repository);
      }
    });
  }

  #expireIn(scope: Scope, { name, lifecyclePolicy }: Readonly<Repository>): void {
    if (!lifecyclePolicy) return;
    const now = this.#context.clock.now();
    const all = scope.of(images);
    const own = all.filter(({ repositoryName }) => repositoryName === name);
    for (const digest of expiredImages(lifecycleRules(lifecyclePolicy.text), own, now)) {
      const image = all.get(`${name}@${digest}`)!;
      // What an index holds stays until the index has gone.
      if (listsThatHold(scope, this.#files, image).length === 0) all.delete(`${name}@${digest}`);
    }
    scope
      .of(repositories)
      .patch(name, { lifecyclePolicy: { ...lifecyclePolicy, lastEvaluatedAt: now } });
  }
}
