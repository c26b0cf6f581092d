import { blocksOf, type Check, defineCheck, hint, walk } from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { awsPage, nodeServiceOf, nothing } from "./stack-parts.ts";

const BREAKER = awsPage("AmazonECS/latest/developerguide/deployment-circuit-breaker.html");

const FAULTS = {
  missing: hint(
    [
      "Which service shall the pipeline deploy?",
      "パイプラインがデプロイするのはどのサービスですか。",
    ],
    ["The one of the Node.js app, of chapter 8.", "第 8 章の Node.js アプリのサービスです。"],
    "./workbook diff",
  ),
  "no-breaker": hint(
    [
      "What is pushed may end as soon as it starts. Who ends the deployment then?",
      "プッシュされたものが、起動してすぐに終わるかもしれません。誰がデプロイを終わらせますか。",
    ],
    both`${["The circuit breaker, after some tasks that failed:", "サーキットブレーカーです。タスクが何度か失敗すると働きます:"]} ${BREAKER}`,
    "node.service.resource.putDeploymentCircuitBreaker({ enable: true, rollback: true });",
  ),
  "no-way-back": hint(
    [
      "The deployment has failed. What does the service want now?",
      "デプロイが失敗しました。サービスはいま何を求めていますか。",
    ],
    both`${["Without rollback, still what was broken:", "rollback がなければ、壊れたもののままです:"]} ${BREAKER}`,
    "node.service.resource.putDeploymentCircuitBreaker({ enable: true, rollback: true });",
  ),
};

/** What is pushed and does not start is taken back. */
export function serviceIsGuarded(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text(["A deployment that fails is rolled back", "失敗したデプロイがロールバックされる"]),
    faults: FAULTS,
    run(context) {
      const service = nodeServiceOf(context);
      if (service === undefined)
        return nothing("missing", [
          "a service of the Node.js app",
          "Node.js アプリのサービスがある",
        ]);
      const [breaker] = blocksOf(service.attributes, "deployment_circuit_breaker");
      const actual = `enable=${String(breaker?.["enable"] ?? "-")}, rollback=${String(breaker?.["rollback"] ?? "-")}`;
      return walk<keyof typeof FAULTS>(service.address, [
        {
          fault: "no-breaker",
          expected: ["a circuit breaker that is on", "サーキットブレーカーが有効である"],
          actual,
          holds: breaker?.["enable"] === true,
        },
        {
          fault: "no-way-back",
          expected: ["and rolls back", "ロールバックする"],
          actual,
          holds: breaker?.["rollback"] === true,
        },
      ]);
    },
  });
}
