import { defineCases } from "@workbook/lab-kit";

/** What is reported of the shop, and the one change that it comes of. */
export const cases = defineCases([
  {
    entry: "image-missing",
    report: [
      "The release went out this morning. The old version still answers, the new one never comes up.",
      "今朝リリースしました。古いバージョンは応答し続けていますが、新しいものが起動しません。",
    ],
    replace: 'image: settings.image("golang-app"),',
    by: 'image: `${settings.image("golang-app")}-rc1`,',
  },
  {
    entry: "app-port",
    report: [
      "Tasks start, their log looks fine, and after a minute they are stopped and others start.",
      "タスクは起動し、ログも正常に見えますが、しばらくすると止められて別のタスクが起動します。",
    ],
    replace: 'environment: [{ name: "PORT", value: "8080" }],',
    by: 'environment: [{ name: "PORT", value: "3000" }],',
  },
  {
    entry: "task-ingress",
    report: [
      "The security review is done: rules are narrower now. Since then port 8080 answers 504.",
      "セキュリティレビューでルールを狭めました。それ以来、ポート 8080 が 504 を返します。",
    ],
    replace: `      fromPort: 8080,
      toPort: 8080,
      referencedSecurityGroupId`,
    by: `      fromPort: 80,
      toPort: 80,
      referencedSecurityGroupId`,
  },
  {
    entry: "task-egress",
    report: [
      "We took out what nobody seemed to need. Running tasks are fine; a new one does not start.",
      "不要に見えたルールを消しました。動いているタスクは問題ありませんが、新しいタスクが起動しません。",
    ],
    replace: `      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",`,
    by: `      ipProtocol: "-1",
      cidrIpv4: "10.0.0.0/16",`,
    // A task that runs needs nothing more: another revision makes ECS start some.
    also: [{ replace: 'memory: "512",', by: 'memory: "1024",' }],
  },
  {
    entry: "execution-role-rights",
    report: [
      "The Go service has a role of its own now, as every service should. It does not start any more.",
      "Go のサービスに専用のロールを付けました。それから起動しません。",
    ],
    replace: "    return executionRole;",
    by: `    void executionRole;
    return new IamRole(this, "go_role", {
      name: this.settings.named("go-execution"),
      identifier: "ecs-tasks.amazonaws.com",
    });`,
    also: [{ replace: "import type { IamRole }", by: "import { IamRole }" }],
  },
  {
    entry: "health-check-path",
    report: [
      "All health checks of the company are called /health now. The Go tasks come and go.",
      "社内のヘルスチェックを /health に統一しました。Go のタスクが入れ替わり続けます。",
    ],
    replace: 'path: "/healthz"',
    by: 'path: "/health"',
  },
  {
    entry: "container-command",
    report: [
      "The image was made smaller, and the command is in the task definition now. No log at all.",
      "イメージを小さくし、コマンドをタスク定義に移しました。ログがまったく出ません。",
    ],
    replace: "          essential: true,",
    by: '          essential: true,\n          command: ["go-app"],',
  },
  {
    entry: "log-group-missing",
    report: [
      "Log groups were tidied up and renamed. The next deployment hangs.",
      "ロググループの名前を整理しました。次のデプロイが終わりません。",
    ],
    replace: '"awslogs-group": logs.name,',
    by: '"awslogs-group": `/shop/${settings.named("go-app")}`,',
  },
  {
    entry: "deployment-percentages",
    report: [
      "We must never have more than two tasks, and never less. Since we said so, deployments do not begin.",
      "タスクは常にちょうど 2 つにする決まりです。そう設定してから、デプロイが始まりません。",
    ],
    replace: "      desiredCount: 2,",
    by: `      desiredCount: 2,
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 100,`,
    also: [{ replace: 'memory: "512",', by: 'memory: "1024",' }],
  },
  {
    entry: "container-environment",
    report: [
      "Somebody changed a setting. The tasks start, and are gone a second later, again and again.",
      "誰かが設定を変えました。タスクは起動し、1 秒後に消え、それを繰り返します。",
    ],
    replace: 'value: "8080" }],',
    by: 'value: "8O80" }],',
  },
  {
    entry: "network-no-public-address",
    report: [
      "The tasks were moved to other subnets. Old ones run on, new ones do not come up.",
      "タスクを別のサブネットに移しました。古いものは動き続け、新しいものが起動しません。",
    ],
    replace: "subnets: [...network.privateSubnetIds],",
    by: "subnets: [...network.publicSubnetIds],",
  },
  {
    entry: "health-check-matcher",
    report: [
      'The monitoring team wants 204 for "healthy". Nothing else was changed, and nothing stays up.',
      "監視チームが「正常なら 204」と決めました。ほかは何も変えていませんが、タスクが安定しません。",
    ],
    replace: 'matcher: "200"',
    by: 'matcher: "204"',
  },
]);
