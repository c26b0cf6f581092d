import type { Failure } from "./failure.ts";

/** What AWS refuses because of what is there already, or still. */
export const REFUSED_AGAIN_FAILURES = {
  "refused-service-exists": {
    made: [
      "A service of that name is there already, and not in this state.",
      "同名のサービスがすでにあり、このステートで管理されていません。",
    ],
    seen: "refused",
    symptom: "Creation of service was not idempotent.",
    like: ["refused-name-taken"],
    apart: [
      "describe-services has it ACTIVE, or DRAINING of a destroy just now.",
      "describe-services で ACTIVE か、destroy 直後の DRAINING です。",
    ],
    mend: [
      "Import it, take another name, or wait until it is INACTIVE.",
      "インポートするか、名前を変えるか、INACTIVE になるまで待ちます。",
    ],
  },
  "refused-name-taken": {
    made: [
      "A log group of that name is there already: made by hand, or by awslogs-create-group.",
      "同名のロググループがすでにあります。手動か awslogs-create-group で作られたものです。",
    ],
    seen: "refused",
    symptom: "The specified log group already exists",
    like: ["refused-service-exists"],
    apart: [
      "It is not in the state: `terraform state list` does not have it.",
      "`terraform state list` に出てきません。",
    ],
    mend: ["Import it.", "インポートします。"],
  },
  "refused-target-group-in-use": {
    made: [
      "A target group is to be made anew while a listener leads to it.",
      "リスナーが使用中のターゲットグループを作り直そうとしています。",
    ],
    seen: "refused",
    symptom: "is currently in use by a listener or a rule",
    like: ["refused-dependency"],
    apart: [
      "The plan says `must be replaced`, because of the port, the protocol or the target type.",
      "ポート、プロトコル、targetType の変更で、プランに `must be replaced` と出ています。",
    ],
    mend: [
      "createBeforeDestroy, and a name that changes with it.",
      "createBeforeDestroy にし、名前も一緒に変わるようにします。",
    ],
  },
  "refused-zones": {
    made: [
      "The load balancer is given two subnets of one zone.",
      "ロードバランサーに、同じ AZ のサブネットを 2 つ指定しました。",
    ],
    seen: "refused",
    symptom: "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    like: ["load-balancer-zone"],
    apart: [
      "The subnets are right by themselves: compare their zones.",
      "サブネット自体は正しく、AZ が重なっています。",
    ],
    mend: [
      "One subnet in each zone, two zones at least.",
      "AZ ごとに 1 つ、2 つ以上の AZ のサブネットを指定します。",
    ],
  },
  "refused-subnet-conflict": {
    made: ["Two subnets of a VPC overlap.", "VPC の 2 つのサブネットの CIDR が重なっています。"],
    seen: "refused",
    symptom: "conflicts with another subnet",
    like: ["subnet-full"],
    apart: ["The message names the CIDR.", "メッセージに CIDR が出ます。"],
    mend: [
      "Count the third number up: 10.0.10.0/24, 10.0.11.0/24.",
      "3 つ目の数をずらします: 10.0.10.0/24、10.0.11.0/24。",
    ],
  },
  "refused-dependency": {
    made: [
      "Something is deleted on which another thing still stands, made by hand or by another stack.",
      "手動や別のスタックで作ったものがまだ使っているリソースを削除しようとしています。",
    ],
    seen: "refused",
    symptom: "has dependencies and cannot be deleted",
    like: ["refused-target-group-in-use"],
    apart: [
      "describe-network-interfaces with that VPC or group shows who is left.",
      "describe-network-interfaces を VPC やグループで絞ると、残っているものが分かります。",
    ],
    mend: ["Destroy the other stack first.", "使っている側のスタックを先に削除します。"],
  },
  "refused-repository-not-empty": {
    made: [
      "A repository with images is destroyed without forceDelete.",
      "イメージのあるリポジトリを、forceDelete なしで削除しようとしています。",
    ],
    seen: "refused",
    symptom: "cannot be deleted because it still contains images",
    like: ["refused-dependency"],
    apart: ["The message names the repository.", "メッセージにリポジトリ名が出ます。"],
    mend: [
      "forceDelete: true, applied before the destroy.",
      "forceDelete: true を適用してから削除します。",
    ],
  },
  "refused-secret-pending": {
    made: [
      "A secret was destroyed and is made again at once: AWS keeps its name for the recovery window.",
      "削除したシークレットをすぐに作り直しました。復旧期間中は名前が使えません。",
    ],
    seen: "refused",
    symptom: "a secret with this name is already scheduled for deletion",
    like: ["refused-name-taken", "secret-missing"],
    apart: [
      "list-secrets has it with --include-planned-deletion alone.",
      "list-secrets では --include-planned-deletion を付けたときだけ出ます。",
    ],
    mend: [
      "restore-secret and import it, or recoveryWindowInDays: 0.",
      "restore-secret で復元してインポートするか、recoveryWindowInDays: 0 にします。",
    ],
  },
} as const satisfies Readonly<Record<string, Failure>>;
