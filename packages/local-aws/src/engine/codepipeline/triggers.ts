import type { ActionDeclaration, GitPushFilter } from "@aws-sdk/client-codepipeline";
import { connections } from "../../services/codeconnections/state.ts";
import { declared } from "../../services/codepipeline/find.ts";
import { newExecution } from "../../services/codepipeline/new-execution.ts";
import { pipelines, type Execution, type Pipeline } from "../../services/codepipeline/state.ts";
import type { StoredObject } from "../../services/s3/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { Repository } from "../repositories/git.ts";
import type { PushedRef } from "../repositories/pushes.ts";

interface Source {
  readonly scope: Scope;
  readonly pipeline: Readonly<Pipeline>;
  readonly action: ActionDeclaration;
}

/** All source actions of a provider in all accounts. */
const sourcesOf = ({ store }: EngineContext, provider: string): readonly Source[] =>
  store.all(pipelines).flatMap((all) => {
    const scope = store.scope(all.place.account, all.place.region);
    return [...all.values()].flatMap((pipeline) =>
      declared(pipeline)
        .stages![0]!.actions!.filter(({ actionTypeId }) => actionTypeId!.provider === provider)
        .map((action) => ({ scope, pipeline, action })),
    );
  });

function start(
  { store, clock }: EngineContext,
  { scope, pipeline }: Source,
  trigger: Execution["trigger"],
  overrides: Execution["overrides"],
): void {
  store.record(() => newExecution(scope, pipeline, trigger, clock.now(), { overrides }));
}

/**
 * Starts the pipelines that a push concerns: those of its branch, or those whose triggers have filters for it.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html
 */
export async function startOnPush(context: EngineContext, ref: PushedRef): Promise<void> {
  if (/^0+$/.test(ref.after)) return;
  const [, kind, name = ""] = /^refs\/(heads|tags)\/(.+)$/.exec(ref.ref) ?? [];
  const repository = Repository.find(context.settings.dataDir, ref.fullName);
  // What a tag names may be a note about a commit.
  const commit = await repository?.resolve(ref.after);
  if (kind === undefined || !repository || commit === undefined) return;
  const files = await repository.changed(ref, commit);
  const pushed: Pushed = kind === "heads" ? { branch: name, files } : { tag: name, files };
  for (const source of sourcesOf(context, "CodeStarSourceConnection")) {
    const { configuration = {}, name: actionName } = source.action;
    if (configuration["FullRepositoryId"] !== ref.fullName) continue;
    const arn = configuration["ConnectionArn"]!;
    if (source.scope.of(connections).get(arn)?.status !== "AVAILABLE") continue;
    const filters = filtersOf(source);
    const isConcerned = filters
      ? filters.some((filter) => filterMatches(filter, pushed))
      : configuration["DetectChanges"] !== "false" && configuration["BranchName"] === pushed.branch;
    if (!isConcerned) continue;
    const override = {
      actionName: actionName!,
      revisionType: "COMMIT_ID",
      revisionValue: commit,
      ...(pushed.branch !== undefined && { branch: pushed.branch }),
    } as const;
    start(context, source, { type: filters ? "WebhookV2" : "Webhook", detail: arn }, [override]);
  }
}

/** The push filters of an action's triggers; undefined where it has no trigger, and goes by its branch. */
function filtersOf({ pipeline, action }: Source): readonly GitPushFilter[] | undefined {
  const triggers = (declared(pipeline).triggers ?? []).filter(
    ({ gitConfiguration }) => gitConfiguration!.sourceActionName === action.name,
  );
  if (triggers.length === 0) return undefined;
  // One without filters goes by the branch of the action.
  const branches = { includes: [action.configuration!["BranchName"]!] };
  return triggers.flatMap(({ gitConfiguration }) => gitConfiguration!.push ?? [{ branches }]);
}

/** Starts the pipelines whose source a new version of an object is. */
export function startOnObject(context: EngineContext, { before, after }: Change): void {
  const [old, object] = [before, after] as (StoredObject | undefined)[];
  const version = object?.versions[0];
  if (!version || version.deleteMarker || version.versionId === old?.versions[0]?.versionId) return;
  for (const source of sourcesOf(context, "S3")) {
    const { configuration = {}, name } = source.action;
    if (configuration["S3Bucket"] !== object.bucket || configuration["S3ObjectKey"] !== object.key)
      continue;
    if (configuration["PollForSourceChanges"] === "false") continue;
    const override = {
      actionName: name!,
      revisionType: "S3_OBJECT_VERSION_ID",
      revisionValue: version.versionId,
    } as const;
    start(context, source, { type: "PollForSourceChanges", detail: name! }, [override]);
  }
}

/** A branch or a tag that was pushed, and the files that differ. */
interface Pushed {
  readonly branch?: string;
  readonly tag?: string;
  readonly files: readonly string[];
}

interface Criteria {
  readonly includes?: string[] | undefined;
  readonly excludes?: string[] | undefined;
}

/**
 * Whether a push is one that a trigger's filter lets through. What is excluded is, whatever is included.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html
 */
export function filterMatches(
  { branches, tags, filePaths }: GitPushFilter,
  pushed: Pushed,
): boolean {
  if (tags) return pushed.tag !== undefined && isIn(tags, pushed.tag);
  if (pushed.branch === undefined) return false;
  if (branches && !isIn(branches, pushed.branch)) return false;
  return !filePaths || pushed.files.some((file) => isIn(filePaths, file));
}

function isIn({ includes, excludes }: Criteria, name: string): boolean {
  const fits = (patterns: readonly string[]) => patterns.some((it) => toExpression(it).test(name));
  if (excludes && fits(excludes)) return false;
  return !includes?.length || fits(includes);
}

/**
 * `*` stands for anything but a slash, `**` for anything, `?` for a character, `{a,b}` for one of two, `[ab]` for one of these.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
 */
export function toExpression(glob: string): RegExp {
  const source = glob.replaceAll(/\*\*|[*?{},]|\[[^\]]*\]|[\\^$.|+()[\]]/g, (token) => {
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token === "{") return "(?:";
    if (token === "}") return ")";
    if (token === ",") return glob.includes("{") ? "|" : ",";
    if (token.length > 1) return token.replace("[!", "[^").replaceAll("\\", "\\\\");
    return `\\${token}`;
  });
  return new RegExp(`^${source}$`, "s");
}
