import { buildArn } from "../../services/codebuild/find.ts";
import type { Phase, StoredBuild } from "../../services/codebuild/state.ts";
import { describeBuild, secondsBetween } from "../../services/codebuild/views.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { EventOutbox } from "../events/event-outbox.ts";

/** An instant as these events have it: `Sep 1, 2017 4:12:29 PM`. */
function told(at: number): string {
  // Made when it is needed: a cloud that starts does not wait for what Node knows of languages.
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: "UTC",
    month: "short",
    day: "numeric",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
  });
  return format.format(at).replace("\u202F", " ");
}

/**
 * Puts on the default bus what becomes of builds.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html
 */
export class BuildEvents {
  readonly #context: EngineContext;
  readonly #outbox: EventOutbox;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#outbox = new EventOutbox(context);
  }

  /** Takes note of a change of a build. */
  hear({ account, region, before, after }: Change): void {
    const [old, build] = [before, after] as (StoredBuild | undefined)[];
    if (!build) return;
    const scope = this.#context.store.scope(account, region);
    const ended = (phases: readonly Phase[] = []) =>
      phases.filter(({ endedAt }) => endedAt !== undefined);
    const known = old === undefined ? 0 : ended(old.phases).length;
    for (const phase of ended(build.phases).slice(known))
      this.#add(scope, build, "CodeBuild Build Phase Change", phaseDetail(phase));
    if (old?.status !== build.status)
      this.#add(scope, build, "CodeBuild Build State Change", {
        "build-status": build.status,
        "current-phase": build.phases.at(-1)?.type,
        "current-phase-context": "[]",
      });
  }

  #add(scope: Scope, build: StoredBuild, detailType: string, more: object): void {
    this.#outbox.add(scope, () => {
      const arn = buildArn(scope, build.id);
      const detail = {
        ...more,
        "project-name": build.projectName,
        "build-id": arn,
        "additional-information": information(scope, build),
        version: "1",
      };
      return [{ source: "aws.codebuild", detailType, detail, resources: [arn] }];
    });
  }

  /** Sends what has been taken note of. */
  publish(): void {
    this.#outbox.publish();
  }
}

const contextOf = ({ contexts }: Phase) =>
  `[${contexts.map(({ statusCode, message }) => `${statusCode}: ${message}`).join(", ")}]`;

function phaseDetail(phase: Phase): object {
  const { type, status, startedAt, endedAt = startedAt } = phase;
  return {
    "completed-phase": type,
    "completed-phase-status": status,
    "completed-phase-context": contextOf(phase),
    "completed-phase-duration-seconds": secondsBetween(startedAt, endedAt),
    "completed-phase-start": told(startedAt),
    "completed-phase-end": told(endedAt),
  };
}

function information(scope: Scope, build: StoredBuild): object {
  const { artifacts, environment, logs, source } = describeBuild(scope, build);
  const { environmentVariables = [] } = environment ?? {};
  return {
    artifact: {
      location: artifacts?.location,
      sha256sum: artifacts?.sha256sum,
      md5sum: artifacts?.md5sum,
    },
    environment: {
      image: environment?.image,
      "privileged-mode": environment?.privilegedMode,
      "compute-type": environment?.computeType,
      type: environment?.type,
      "environment-variables": environmentVariables,
    },
    "timeout-in-minutes": build.settings.timeoutInMinutes,
    "build-complete": build.endedAt !== undefined,
    "build-number": build.number,
    initiator: build.initiator,
    "build-start-time": told(build.createdAt),
    source: { location: source?.location, type: source?.type, buildspec: source?.buildspec },
    "source-version": build.settings.sourceVersion,
    logs: {
      "group-name": logs?.groupName,
      "stream-name": logs?.streamName,
      "deep-link": logs?.deepLink,
    },
    phases: build.phases.map((phase) => ({
      "phase-type": phase.type,
      "phase-status": phase.status,
      "start-time": told(phase.startedAt),
      ...(phase.endedAt !== undefined && {
        "end-time": told(phase.endedAt),
        "duration-in-seconds": secondsBetween(phase.startedAt, phase.endedAt),
        "phase-context": phase.contexts.map(
          ({ statusCode, message }) => `${statusCode}: ${message}`,
        ),
      }),
    })),
  };
}
