import type { Failure } from "./failure.ts";

/** What roles may not do, and what containers are to be given before they start. */
export const RIGHTS_FAILURES = {
  "execution-role-rights": {
    made: [
      "The execution role has no policy, or one without ECR or Logs.",
      "タスク実行ロールにポリシーがないか、ECR や Logs の権限がありません。",
    ],
    seen: "stopped",
    symptom:
      "is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action",
    like: [
      "execution-role-deny",
      "execution-role-boundary",
      "repository-policy",
      "network-no-route",
    ],
    apart: [
      "It is answered at once with an AccessDeniedException that names the action: the network is fine.",
      "アクション名の入った AccessDeniedException がすぐに返ります。ネットワークには問題がありません。",
    ],
    mend: [
      "Attach AmazonECSTaskExecutionRolePolicy, or allow the action that is named.",
      "AmazonECSTaskExecutionRolePolicy をアタッチするか、示されたアクションを許可します。",
    ],
  },
  "execution-role-deny": {
    made: [
      "A statement somewhere in the role's policies denies the action.",
      "ロールのポリシーのどこかで、アクションを明示的に拒否しています。",
    ],
    seen: "stopped",
    symptom:
      "is not authorized to perform: logs:CreateLogStream on resource: … with an explicit deny in an identity-based policy",
    like: ["execution-role-rights"],
    apart: [
      "The words are `with an explicit deny`: one more Allow changes nothing.",
      "`with an explicit deny` とあります。Allow を追加しても変わりません。",
    ],
    mend: ["Take the Deny away, or narrow it.", "Deny を外すか、範囲を狭めます。"],
  },
  "execution-role-boundary": {
    made: [
      "A permissions boundary leaves out what the policy allows.",
      "ポリシーで許可したアクションが、アクセス許可の境界に含まれていません。",
    ],
    seen: "stopped",
    symptom: "because no permissions boundary allows the ecr:GetAuthorizationToken action",
    like: ["execution-role-rights", "execution-role-deny"],
    apart: [
      "The words name the boundary; the role's own policy allows it.",
      "メッセージが permissions boundary と示します。ロールのポリシーでは許可されています。",
    ],
    mend: ["Allow it in the boundary as well.", "境界でも許可します。"],
  },
  "repository-policy": {
    made: [
      "The repository's own policy denies pulling.",
      "リポジトリのポリシーがプルを拒否しています。",
    ],
    seen: "stopped",
    symptom: "403 Forbidden",
    like: ["execution-role-rights", "image-missing"],
    apart: [
      "The login went well, so ecr:GetAuthorizationToken is allowed; get-repository-policy has a Deny.",
      "ログインは成功しているので ecr:GetAuthorizationToken は許可されています。get-repository-policy に Deny があります。",
    ],
    mend: ["Mend the repository's policy.", "リポジトリポリシーを直します。"],
  },
  "parameter-rights": {
    made: [
      "`secrets` names a parameter, and the execution role may not ssm:GetParameters.",
      "`secrets` でパラメーターを指定しましたが、タスク実行ロールに ssm:GetParameters がありません。",
    ],
    seen: "stopped",
    symptom:
      "unable to retrieve secrets from ssm: … is not authorized to perform: ssm:GetParameters",
    like: ["parameter-missing", "secret-key-rights", "execution-role-rights"],
    apart: [
      "It is the execution role that is named, not the task role; a missing one is called `invalid ssm parameters`.",
      "示されるのはタスクロールではなくタスク実行ロールです。パラメーターがない場合は `invalid ssm parameters` です。",
    ],
    mend: [
      "Allow ssm:GetParameters (with an s) on the parameter to the execution role.",
      "タスク実行ロールに、そのパラメーターへの ssm:GetParameters (複数形) を許可します。",
    ],
  },
  "parameter-missing": {
    made: [
      "The parameter's name has a typo, or it is in another region.",
      "パラメーター名の誤記か、別のリージョンにあります。",
    ],
    seen: "stopped",
    symptom: "invalid ssm parameters: …",
    like: ["parameter-rights"],
    apart: [
      "The role may read it: the name is what is wrong.",
      "権限はあり、名前が間違っています。",
    ],
    mend: [
      "Put the name right, or write the parameter before the task starts.",
      "名前を直すか、タスクの起動前にパラメーターを作ります。",
    ],
  },
  "secret-rights": {
    made: [
      "`secrets` names a secret, and the execution role may not secretsmanager:GetSecretValue.",
      "`secrets` でシークレットを指定しましたが、タスク実行ロールに secretsmanager:GetSecretValue がありません。",
    ],
    seen: "stopped",
    symptom:
      "unable to retrieve secret from asm: … is not authorized to perform: secretsmanager:GetSecretValue",
    like: ["secret-missing", "secret-key-rights"],
    apart: [
      "The right of the task role does not help: ECS reads it before the container is there.",
      "タスクロールの権限では解決しません。コンテナの起動前に ECS が読むからです。",
    ],
    mend: [
      "Allow it to the execution role; the ARN ends with six characters of AWS's: `…-??????`.",
      "タスク実行ロールに許可します。ARN の末尾には AWS の付ける 6 文字があります (`…-??????`)。",
    ],
  },
  "secret-missing": {
    made: [
      "The secret does not exist, or has no value yet.",
      "シークレットが存在しないか、まだ値がありません。",
    ],
    seen: "stopped",
    symptom: "from secrets manager: ResourceNotFoundException",
    like: ["secret-rights", "secret-json-key"],
    apart: [
      "Terraform makes a secret without a value: describe-secret has it, get-secret-value does not.",
      "Terraform の aws_secretsmanager_secret だけでは値が入りません。describe-secret にはあり、get-secret-value にはありません。",
    ],
    mend: ["Write a version of it.", "バージョン (値) を書き込みます。"],
  },
  "secret-json-key": {
    made: [
      "The key behind the secret's ARN is not in its JSON.",
      "シークレットの ARN の後に書いたキーが、JSON にありません。",
    ],
    seen: "stopped",
    symptom: "retrieved secret from Secrets Manager did not contain json key …",
    like: ["secret-missing"],
    apart: [
      "The secret was read, so rights and name are right.",
      "シークレットの読み取りには成功しているので、権限と名前は正しいです。",
    ],
    mend: [
      "Compare the key with the JSON; the ARN ends with `:key::`.",
      "キーと JSON を比べます。ARN の末尾は `:key::` です。",
    ],
  },
  "secret-key-rights": {
    made: [
      "The secret is encrypted with a key of one's own, and the execution role may not decrypt with it.",
      "シークレットをカスタマー管理キーで暗号化しましたが、タスク実行ロールに復号の権限がありません。",
    ],
    seen: "stopped",
    symptom: "Access to KMS is not allowed",
    like: ["secret-rights"],
    apart: [
      "GetSecretValue is allowed: the refusal is about KMS. With aws/secretsmanager it does not come.",
      "GetSecretValue は許可されていて、拒否しているのは KMS です。aws/secretsmanager キーでは起こりません。",
    ],
    mend: [
      "Allow kms:Decrypt on the key to the execution role.",
      "タスク実行ロールに、そのキーの kms:Decrypt を許可します。",
    ],
  },
  "environment-file-missing": {
    made: [
      "`environmentFiles` names an object that is not in the bucket.",
      "`environmentFiles` の指すオブジェクトがバケットにありません。",
    ],
    seen: "stopped",
    symptom:
      "failed to download env files: file download command: non empty error stream: … status code: 404",
    like: ["environment-file-rights"],
    apart: [
      "404. Without s3:ListBucket S3 says 403 of a missing object too: look with `s3 ls` as somebody else.",
      "404 です。s3:ListBucket がないと、存在しないオブジェクトでも 403 になるので、別の権限で `s3 ls` を確認します。",
    ],
    mend: [
      "Upload the file, or put the key right.",
      "ファイルをアップロードするか、キーを直します。",
    ],
  },
  "environment-file-rights": {
    made: [
      "The execution role may not s3:GetObject on the file of `environmentFiles`.",
      "タスク実行ロールに、`environmentFiles` のファイルへの s3:GetObject がありません。",
    ],
    seen: "stopped",
    symptom:
      "failed to download env files: file download command: non empty error stream: … status code: 403",
    like: ["environment-file-missing", "parameter-rights"],
    apart: ["403, and the object is there.", "403 で、オブジェクトは存在します。"],
    mend: [
      "Allow s3:GetObject on it, and s3:GetBucketLocation on the bucket, to the execution role.",
      "タスク実行ロールに、ファイルの s3:GetObject とバケットの s3:GetBucketLocation を許可します。",
    ],
  },
  "exec-rights": {
    made: [
      "ECS Exec is on, and the task role may not open the channel of Session Manager.",
      "ECS Exec を有効にしましたが、タスクロールに Session Manager のチャネルを開く権限がありません。",
    ],
    seen: "exec",
    symptom: "The execute command failed due to an internal error. Try again later.",
    like: ["task-egress", "network-no-route"],
    apart: [
      "enableExecuteCommand is true and the agent runs; simulate-principal-policy of the task role denies ssmmessages:*. Trying again later does not help.",
      "enableExecuteCommand は true でエージェントも動いていますが、タスクロールに ssmmessages の権限がありません。後で試しても直りません。",
    ],
    mend: [
      "Allow the four ssmmessages actions to the task role, and start new tasks.",
      "タスクロールに ssmmessages の 4 つのアクションを許可し、タスクを起動し直します。",
    ],
  },
} as const satisfies Readonly<Record<string, Failure>>;
