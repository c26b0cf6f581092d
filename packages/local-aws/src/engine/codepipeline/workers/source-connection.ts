import { connections } from "../../../services/codeconnections/state.ts";
import { Repository } from "../../repositories/git.ts";
import { ActionFault, isDenied } from "../action-fault.ts";
import type { Outcome, Work } from "../work.ts";

/**
 * Takes a commit of a repository of this machine, by a connection that may be used.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
 * @throws ActionFault
 */
export async function takeCommit(work: Work): Promise<Outcome> {
  const fullName = work.setting("FullRepositoryId");
  await requireConnection(work, work.setting("ConnectionArn"), fullName);
  const { settings } = work.calls.caller;
  const repository = Repository.find(settings.dataDir, fullName);
  if (!repository)
    throw new ActionFault("ConfigurationError", `[GitHub] No repository [${fullName}] found`);
  const override = work.execution.overrides.find((it) => it.actionName === work.run.action);
  const branch = override?.branch ?? work.setting("BranchName");
  const id = await repository.resolve(override?.revisionValue ?? `refs/heads/${branch}`);
  if (id === undefined) throw notFound(override?.revisionValue, branch, fullName);
  const commit = await repository.commit(id);
  await work.write(await repository.archive(id));
  return {
    kind: "done",
    variables: {
      AuthorDate: new Date(commit.authoredAt).toISOString().replace(/\.\d+Z$/, "Z"),
      AuthorDisplayName: commit.authorName,
      AuthorEmail: commit.authorEmail,
      AuthorId: commit.authorName,
      BranchName: branch,
      CommitId: commit.id,
      CommitMessage: commit.message,
      ConnectionArn: work.setting("ConnectionArn"),
      FullRepositoryName: fullName,
    },
    revision: {
      id: commit.id,
      summary: JSON.stringify({ ProviderType: "GitHub", CommitMessage: commit.message }),
      url: `https://github.com/${fullName}/commit/${commit.id}`,
      createdAt: commit.authoredAt,
    },
  };
}

/** Those of the branch are seen in public logs of AWS; those of a commit are unverified. */
const notFound = (commit: string | undefined, branch: string, fullName: string) =>
  new ActionFault(
    "ConfigurationError",
    commit === undefined
      ? `[GitHub] No Branch [${branch}] found for FullRepositoryName [${fullName}]`
      : `[GitHub] No Commit [${commit}] found for FullRepositoryName [${fullName}]`,
  );

/** Policies of either name of the service are heeded. https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html#troubleshooting-connections */
async function requireConnection({ calls }: Work, arn: string, fullName: string): Promise<void> {
  const { caller } = calls;
  const asked = ["codestar-connections", "codeconnections"].map(async (prefix) => {
    const keys = { [`${prefix}:FullRepositoryId`]: fullName };
    try {
      await calls.require("s3", { action: `${prefix}:UseConnection`, on: [arn], keys });
      return undefined;
    } catch (error) {
      if (!isDenied(error)) throw error;
      return error;
    }
  });
  const refusals = await Promise.all(asked);
  const refusal = refusals.every((it) => it !== undefined) ? refusals[0] : undefined;
  if (refusal)
    throw new ActionFault(
      "PermissionError",
      `Unable to use Connection: ${arn}. The provided role does not have sufficient permissions.`,
      refusal,
    );
  const connection = caller.store.of(connections).get(arn);
  if (connection?.status === "AVAILABLE") return;
  throw new ActionFault(
    "ConfigurationError",
    connection
      ? `Unable to use Connection: ${arn}. The connection is in the status ${connection.status}.`
      : `Unable to use Connection: ${arn}. The connection does not exist.`,
  );
}
