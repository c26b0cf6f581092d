import { hint } from "@workbook/lab-kit";
import { both } from "@workbook/toolchain";
import { awsPage } from "./stack-parts.ts";

const ECSPRESSO = "https://github.com/kayac/ecspresso";
const TFSTATE = "https://github.com/fujiwara/tfstate-lookup";

/** Help with the files that ecspresso reads. The last lines are of YAML and JSON, to be written as they are. */
export const ECSPRESSO_HINTS = {
  missing: hint(
    ["Which of the three files is not there?", "3 つのファイルのうち、ないのはどれですか。"],
    [
      `ecspresso.yml names the other two: ${ECSPRESSO}`,
      `ecspresso.yml が残りの 2 つを指します: ${ECSPRESSO}`,
    ],
    "./workbook diff 10",
  ),
  unreadable: hint(
    ["What does the message say, and about which line?", "どの行について、何と書いてありますか。"],
    [
      "A template stands inside of quotation marks in JSON, and its own arguments in backquotes.",
      "JSON では、テンプレートを引用符の中に書き、引数はバッククォートで囲みます。",
    ],
    "./workbook diff 10",
  ),
  names: hint(
    [
      "Which service does it deploy, and in which cluster?",
      "どのクラスターの、どのサービスをデプロイしますか。",
    ],
    ["The names are those of your stack.", "名前はスタックのものと同じです。"],
    "./workbook aws ecs list-services --cluster workbook-$WORKBOOK_OWNER",
  ),
  state: hint(
    [
      "Where does Terraform keep what it has made?",
      "Terraform は、作ったものをどこに記録していますか。",
    ],
    [
      `In S3. The plugin tfstate reads it there: ${TFSTATE}`,
      `S3 です。プラグイン tfstate がそこから読みます: ${TFSTATE}`,
    ],
    '"url": "{{ must_env `WORKBOOK_STATE` }}/service.tfstate"',
  ),
  "written-out": hint(
    [
      "Terraform makes it anew one day, with another id. Who tells this file?",
      "Terraform がそれを作り直すと、ID が変わります。このファイルには誰が伝えますか。",
    ],
    [`Nobody, unless it looks it up: ${TFSTATE}`, `参照していなければ、誰も伝えません: ${TFSTATE}`],
    '"{{ tfstate `aws_iam_role.execution_role.arn` }}"',
  ),
  "not-in-state": hint(
    ["Does your stack make such a thing?", "スタックはそれを作っていますか。"],
    [
      "./workbook terraform service state list has all addresses.",
      "./workbook terraform service state list にすべてのアドレスがあります。",
    ],
    "./workbook terraform service state list",
  ),
  image: hint(
    [
      "Each deployment runs another image. Where does its name come from?",
      "デプロイのたびにイメージは変わります。その名前はどこから来ますか。",
    ],
    [
      "From the environment, so that the file stays as it is. Without a default: a deployment of nothing in particular is a mistake.",
      "環境変数です。ファイルは変わりません。デフォルト値は付けません。何をデプロイするかが決まっていないのは誤りだからです。",
    ],
    '"image": "{{ must_env `IMAGE` }}"',
  ),
  container: hint(
    [
      "Which container, on which port, does the target group send requests to?",
      "ターゲットグループは、どのコンテナの、どのポートに転送しますか。",
    ],
    both`${["The names in both definitions have to agree:", "2 つの定義の名前は一致していなければなりません:"]} ${awsPage("AmazonECS/latest/APIReference/API_LoadBalancer.html")}`,
    "./workbook diff 10",
  ),
  targets: hint(
    [
      "Behind which target group is this service?",
      "このサービスはどのターゲットグループの後ろにありますか。",
    ],
    [
      "The same that the stack gives it: a deployment would move it otherwise.",
      "スタックと同じものです。違うと、デプロイで付け替わってしまいます。",
    ],
    "./workbook diff 10",
  ),
  count: hint(
    [
      "Somebody has scaled the service to six. What does the next deployment make of that?",
      "誰かがサービスを 6 つにスケールしました。次のデプロイで、いくつになりますか。",
    ],
    [
      "What is not in the file, ecspresso leaves as it is.",
      "ファイルにないものは、ecspresso は変えません。",
    ],
    "./workbook diff 10",
  ),
  guards: hint(
    [
      "The definition is sent with each deployment. What becomes of the circuit breaker and the alarm?",
      "定義はデプロイのたびに送られます。サーキットブレーカーとアラームはどうなりますか。",
    ],
    both`${["What the definition says of deployments replaces all that the service has:", "deploymentConfiguration は、サービスの設定をまるごと置き換えます:"]} ${awsPage("AmazonECS/latest/APIReference/API_DeploymentConfiguration.html")}`,
    '"deploymentCircuitBreaker": { "enable": true, "rollback": true },',
  ),
};
