import type { ImagePuller } from "../images/pulled-image.ts";
import type { LogRouter } from "../logs/log-sink.ts";
import type { MetadataRegistry } from "../metadata/metadata-registry.ts";
import type { TaskDriver } from "../runtime/driver.ts";

/** What the scheduler needs of the rest of the engine. Network interfaces, targets and roles are functions over the store. */
export interface SchedulerNeeds {
  readonly driver: TaskDriver;
  readonly images: ImagePuller;
  readonly logs: LogRouter;
  readonly metadata: MetadataRegistry;
  /** The API as tasks reach it. */
  readonly apiEndpoint: string;
}
