import type { Attachment } from "@aws-sdk/client-ecs";
import { containerInstances, type ContainerInstance } from "../../services/ecs/instances/state.ts";
import { images, type Image } from "../../services/ecr/state.ts";
import { describeContainerInstance } from "../../services/ecs/instances/view.ts";
import { serviceDeployments } from "../../services/ecs/rollouts/state.ts";
import { ecsServices, tasks, type Task } from "../../services/ecs/state.ts";
import { describeTask } from "../../services/ecs/task-view.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import { Soon } from "../../ground/soon.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { hookEvents, serviceEvents, type EcsEvent } from "./ecs-service-events.ts";
import { EventOutbox } from "./event-outbox.ts";

/**
 * Puts what happens in ECS, and what is pushed to ECR, on the default bus.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
 */
export class EcsEvents implements EnginePart {
  readonly name = "events of ECS";
  readonly #context: EngineContext;
  readonly #outbox: EventOutbox;
  readonly #publish = new Soon(() => this.#outbox.publish());
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#outbox = new EventOutbox(context);
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#context.store.onCommit((changes) => {
      for (const change of changes) this.#hear(change);
    });
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#publish.stop();
    this.#outbox.publish();
  }

  #hear(change: Change): void {
    const { store, clock } = this.#context;
    const read = READERS[change.kind];
    if (!read || !change.after) return;
    const scope = store.scope(change.account, change.region);
    const source = change.kind === images.name ? "aws.ecr" : "aws.ecs";
    this.#outbox.add(scope, () =>
      Array.from(read(scope, change, clock.now()), ({ type, arn, detail }) => ({
        source,
        detailType: type,
        detail,
        resources: [arn],
      })),
    );
    if (!this.#outbox.isEmpty) this.#publish.ask();
  }
}

type Reader = (scope: Scope, change: Change, now: number) => Iterable<EcsEvent>;

const READERS: Readonly<Record<string, Reader>> = {
  [tasks.name]: taskEvents,
  [ecsServices.name]: serviceEvents,
  [serviceDeployments.name]: hookEvents,
  [containerInstances.name]: instanceEvents,
  [images.name]: imageEvents,
};

/** A push of an image, by each tag that it has got. https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html */
function* imageEvents({ account, region }: Scope, { before, after }: Change): Generator<EcsEvent> {
  const { repositoryName, digest, mediaType, tags } = after as Image;
  const had = (before as Image | undefined)?.tags ?? [];
  for (const tag of tags.filter((it) => !had.includes(it)))
    yield {
      type: "ECR Image Action",
      arn: `arn:aws:ecr:${region}:${account}:repository/${repositoryName}`,
      detail: {
        result: "SUCCESS",
        "repository-name": repositoryName,
        "image-digest": digest,
        "action-type": "PUSH",
        "image-tag": tag,
        "manifest-media-type": mediaType,
      },
    };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html */
function* taskEvents(scope: Scope, { before, after }: Change, now: number): Generator<EcsEvent> {
  const task = after as Task;
  if ((before as Task | undefined)?.version === task.version) return;
  const { tags: _, attachments = [], healthStatus, ...described } = describeTask(scope, task, []);
  const detail = {
    ...described,
    attachments: attachments.map(toInterface),
    ...(task.healthChecked && { healthStatus }),
    updatedAt: new Date(now),
  };
  yield { type: "ECS Task State Change", arn: task.arn, detail };
}

/** An interface is called so in events. */
const toInterface = (attachment: Attachment) => ({ ...attachment, type: "eni" });

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html */
function* instanceEvents(scope: Scope, { after }: Change, now: number): Generator<EcsEvent> {
  const instance = after as ContainerInstance;
  const {
    tags: _,
    capacityProviderName: __,
    ...described
  } = describeContainerInstance(scope, instance);
  const detail = { ...described, updatedAt: new Date(now) };
  yield { type: "ECS Container Instance State Change", arn: instance.arn, detail };
}
