import { Repository } from "@workbook/local-aws/repositories";
import { both, UserError, type Words } from "@workbook/toolchain";
import { dataDirectory, type RunningCloud } from "../cloud/cloud.ts";
import { nextStep } from "../output/next.ts";
import type { Session } from "../session.ts";

/** Makes and deletes Git repositories on this machine that stand for GitHub's, and lets a connection of the cloud use them. */
export async function repositoryCommand(
  session: Session,
  action: string,
  name: string | undefined,
): Promise<number> {
  if (action === "connect") return connect(session, name);
  return action === "delete" ? remove(session, name) : create(session, name);
}

/** `repository create OWNER/NAME`: it is there whether or not the cloud runs, and its pushes wait for the cloud. */
async function create(session: Session, fullName: string | undefined): Promise<number> {
  const folder = await makeRepository(dataDirectory(session.workspace), fullName);
  session.result({ repository: fullName, folder }, [
    `The repository ${fullName} is on this machine, and stands for the one of this name at GitHub. To push into it:\n\n  git remote add origin ${folder}\n  git push -u origin main`,
    `リポジトリ ${fullName} をこのマシンに用意しました。GitHub にある同じ名前のリポジトリの代わりです。プッシュするには:\n\n  git remote add origin ${folder}\n  git push -u origin main`,
  ]);
  return 0;
}

/** `repository delete OWNER/NAME`: it goes with its commits; clones of it stay. */
async function remove(session: Session, fullName: string | undefined): Promise<number> {
  const repository = Repository.find(dataDirectory(session.workspace), fullName ?? "");
  if (!repository)
    throw new UserError(
      [
        `There is no repository ${fullName ?? ""} on this machine.`,
        `リポジトリ ${fullName ?? ""} はこのマシンにありません。`,
      ],
      { code: "NO_REPOSITORY", next: "./workbook repository create you/greeting", exitCode: 1 },
    );
  await repository.delete();
  session.result({ repository: fullName, deleted: true }, [
    `The repository ${fullName} is deleted.`,
    `リポジトリ ${fullName} を削除しました。`,
  ]);
  return 0;
}

/** @throws {UserError} `USAGE` where it is no name; `NO_GIT` */
async function makeRepository(dataDir: string, fullName: string | undefined): Promise<string> {
  try {
    return (await Repository.create(dataDir, fullName ?? "")).folder;
  } catch (error) {
    if (error instanceof RangeError)
      throw new UserError(
        [
          `"repository create" needs a name as GitHub has them: OWNER/NAME.`,
          `repository create には GitHub での名前 (OWNER/NAME) が必要です。`,
        ],
        { code: "USAGE", next: "./workbook repository create you/greeting", exitCode: 2 },
      );
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new UserError(
      ["git is not on this machine's PATH.", "このマシンの PATH に git がありません。"],
      { code: "NO_GIT", next: "./workbook doctor", exitCode: 3, cause: error },
    );
  }
}

/** `repository connect CONNECTION`: what somebody does at GitHub who lets AWS use repositories there. */
async function connect(session: Session, connection: string | undefined): Promise<number> {
  const connectionArn = await acceptConnection(await session.target.cloud(), connection);
  const said: Words = [
    `The connection is AVAILABLE: ${connectionArn}`,
    `接続が AVAILABLE になりました: ${connectionArn}`,
  ];
  session.result({ connectionArn }, both`${said}\n\n${nextStep("./workbook status")}`);
  return 0;
}

/** @throws {UserError} `USAGE` without a connection; `NO_CONNECTION` where there is none of this name */
async function acceptConnection(
  { endpoint, token }: Pick<RunningCloud, "endpoint" | "token">,
  connection: string | undefined,
): Promise<string> {
  const list = "./workbook aws codeconnections list-connections";
  if (!connection)
    throw new UserError(
      [
        `"repository connect" needs a connection: its name or its ARN.`,
        `repository connect には接続の名前か ARN が必要です。`,
      ],
      { code: "USAGE", next: list, exitCode: 2 },
    );
  const response = await fetch(`${endpoint}/_local/connections/accept`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ connection }),
  });
  const answer = (await response.json()) as { connectionArn: string };
  if (response.ok) return answer.connectionArn;
  throw new UserError(
    [`There is no connection ${connection}.`, `接続 ${connection} はありません。`],
    { code: "NO_CONNECTION", next: list, exitCode: 1 },
  );
}
