import type { Failure } from "./failure.ts";

/** In the image, and in where its lines go. */
export const IMAGE_FAILURES = {
  "image-registry": {
    made: [
      "The image is of a registry that ECS cannot use: private without credentials, of another account, or not to be reached.",
      "イメージのレジストリを ECS が使えません。認証情報のないプライベートレジストリ、別のアカウント、または届かない場所です。",
    ],
    seen: "stopped",
    symptom: "CannotPullContainerError: …",
    like: ["image-missing", "execution-role-rights"],
    apart: [
      "The host in the message is not your own registry.",
      "メッセージのホスト名が、自分のレジストリではありません。",
    ],
    mend: [
      "Push the image to your own ECR, or give repositoryCredentials.",
      "イメージを自分の ECR に push するか、repositoryCredentials を指定します。",
    ],
  },
  "image-repository-missing": {
    made: [
      "The image names a repository that does not exist.",
      "存在しないリポジトリを指定しています。",
    ],
    seen: "stopped",
    symptom: "repository with name '…' does not exist in the registry with id '…'",
    like: ["image-missing"],
    apart: [
      "The message names the repository; of a missing tag it says not found behind the tag.",
      "メッセージがリポジトリ名を示します。タグがない場合は、タグの後に not found と出ます。",
    ],
    mend: [
      "Make the repository and push, or put the name right.",
      "リポジトリを作って push するか、名前を直します。",
    ],
  },
  "image-missing": {
    made: [
      "The tag was never pushed, was deleted, or has a typo.",
      "タグを push していないか、削除したか、書き間違えています。",
    ],
    seen: "stopped",
    symptom: "CannotPullContainerError: … failed to resolve ref …: not found",
    like: ["image-repository-missing", "execution-role-rights"],
    apart: [
      "Rights are fine: a refusal has 403 or AccessDenied. list-images does not have the tag.",
      "権限の問題なら 403 や AccessDenied になります。list-images にタグがありません。",
    ],
    mend: [
      "Push the tag, or name one that is there.",
      "タグを push するか、あるものを指定します。",
    ],
  },
  "image-platform": {
    made: [
      "The task asks for ARM64, and the image was built for amd64: on another laptop, or the other way round.",
      "タスクは ARM64、イメージは amd64 用です (逆もあります)。ビルドしたマシンの CPU が違います。",
    ],
    seen: "stopped",
    symptom: "does not contain descriptor matching platform 'linux/…'",
    like: ["image-missing", "container-command"],
    apart: [
      "The tag is there. An image of one platform without an index starts instead, and its log says exec format error.",
      "タグは存在します。インデックスのない単一プラットフォームのイメージでは起動し、ログに exec format error と出ます。",
    ],
    mend: [
      "Build for the task's platform, or set runtimePlatform.",
      "タスクのプラットフォーム用にビルドするか、runtimePlatform を合わせます。",
    ],
  },
  "log-region": {
    made: [
      "awslogs-region names another region than that of the log group.",
      "awslogs-region がロググループのリージョンと違います。",
    ],
    seen: "stopped",
    symptom: "failed to validate logger args: … The specified log group does not exist.",
    like: ["log-group-missing", "endpoint-missing"],
    apart: [
      "The group is there, in the region of the task.",
      "ロググループは、タスクと同じリージョンにあります。",
    ],
    mend: [
      "Write the region from the settings, not by hand.",
      "リージョンは手で書かず、設定から取ります。",
    ],
  },
  "log-group-missing": {
    made: [
      "The task definition names a log group that nobody makes: awslogs makes none by itself.",
      "タスク定義のロググループを誰も作っていません。awslogs は既定ではグループを作りません。",
    ],
    seen: "stopped",
    symptom: "failed to validate logger args: … The specified log group does not exist.",
    like: ["log-region", "execution-role-rights"],
    apart: [
      "describe-log-groups does not have it in the region of awslogs-region.",
      "awslogs-region のリージョンの describe-log-groups にありません。",
    ],
    mend: [
      "Make the group before the service, or set awslogs-create-group and allow logs:CreateLogGroup.",
      "サービスより先にグループを作るか、awslogs-create-group を設定して logs:CreateLogGroup を許可します。",
    ],
  },
  "log-options": {
    made: [
      "An option of the log driver has a value that it does not know, or two contradict each other.",
      "ログドライバーのオプションの値が不正か、2 つのオプションが矛盾しています。",
    ],
    seen: "stopped",
    symptom:
      "you cannot configure log opt 'awslogs-datetime-format' and 'awslogs-multiline-pattern' at the same time",
    like: ["log-group-missing"],
    apart: [
      "The message names an option, not a group.",
      "メッセージに出るのは、グループではなくオプションです。",
    ],
    mend: ["Keep one of the two.", "どちらか 1 つにします。"],
  },
  "log-router-stopped": {
    made: [
      "The log router ends, and its container is not essential.",
      "ログルーターが終了しましたが、そのコンテナは essential ではありません。",
    ],
    seen: "container",
    symptom: '"lastStatus":"STOPPED"',
    like: ["log-router-match", "logs-not-delivered"],
    apart: [
      "The task is RUNNING, and one of its containers is STOPPED: the one with the firelensConfiguration. Up to then, lines came.",
      "タスクは RUNNING ですが、firelensConfiguration を持つコンテナだけが STOPPED です。それまでのログは届いています。",
    ],
    mend: [
      "Make the router essential: its task ends with it, and the service starts another. Read in the router's own lines why it ended.",
      "ルーターを essential にします。止まればタスクも止まり、サービスが次のタスクを起動します。終了した理由はルーター自身のログで読みます。",
    ],
  },
  "log-router-match": {
    made: [
      "Match in a file of the router's own fits no tag, such as the container's name alone.",
      "ルーターの設定ファイルの Match が、どのタグにも一致しません。コンテナ名だけを書いた場合などです。",
    ],
    seen: "stream",
    symptom: '"logStreams":[]',
    like: ["log-router-stopped", "logs-not-delivered", "task-role-rights"],
    apart: [
      "The router runs and complains of nothing; what it may not do, it says in its own lines.",
      "ルーターは動いていて、何も訴えていません。権限がない場合は、ルーター自身のログに出ます。",
    ],
    mend: [
      "Let Match fit the whole tag: the container's name, -firelens-, the task's id.",
      "Match をタグ全体に一致させます。タグはコンテナ名、-firelens-、タスク ID です。",
    ],
  },
} as const satisfies Readonly<Record<string, Failure>>;
