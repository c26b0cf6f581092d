import {
  type Check,
  type CheckResult,
  blocksOf,
  defineCheck,
  failed,
  type Step,
  type SynthContext,
  type SynthResource,
  walk,
  type WebApp,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import {
  type EcspressoFiles,
  inner,
  lookedUp,
  type Part,
  readEcspresso,
} from "./ecspresso-files.ts";
import { ECSPRESSO_HINTS } from "./ecspresso-hints.ts";
import { namesOf, referred, rollingServiceOf } from "./stack-parts.ts";

type Fault = keyof typeof ECSPRESSO_HINTS;

/** What an account, a subnet, a group and the like are called in AWS: nothing that a file should know by heart. */
const WRITTEN_OUT =
  /arn:aws:[^"\s]*|\b(?:subnet|sg|vpc)-[0-9a-f]{8,17}\b|\b\d{12}\.dkr\.ecr\.[^"\s]*/;

/** An app's files for ecspresso take from Terraform's state what Terraform has made, and leave to it what is its own. */
export function ecspressoReadsState(id: string, app: WebApp): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      `ecspresso's files of ${app.container} read Terraform's state`,
      `${app.container} の ecspresso のファイルが Terraform のステートを読む`,
    ]),
    faults: ECSPRESSO_HINTS,
    run: (context) => examine(context, app),
  });
}

async function examine(context: SynthContext, app: WebApp): Promise<CheckResult<Fault>> {
  const files = await readEcspresso(context, app.container);
  if ("file" in files) {
    const { file, problem } = files;
    const expected: Words = [`${file} can be read`, `${file} を読める`];
    return problem === undefined
      ? failed("missing", expected, [`there is no ${file}`, `${file} がありません`])
      : failed("unreadable", expected, [
          `${file} cannot be parsed: ${problem.split(/\n/)[0]!}`,
          `${file} を解析できません: ${problem.split(/\n/)[0]!}`,
        ]);
  }
  const service = rollingServiceOf(context, app);
  if (service === undefined)
    return failed(
      "names",
      [`a service that runs ${app.container}`, `${app.container} を動かすサービスがある`],
      ["the stack has none", "スタックにありません"],
    );
  return walk(app.container, [
    ...configSteps(context, service, files),
    ...definitionSteps(context, service, files, app),
  ]);
}

function configSteps(
  context: SynthContext,
  service: SynthResource,
  { config }: EcspressoFiles,
): readonly Step<Fault>[] {
  const names = namesOf(context, service);
  const plugins = Array.isArray(config["plugins"]) ? (config["plugins"] as Part[]) : [];
  const plugin = plugins.find(({ name }) => name === "tfstate");
  const { url, path } = inner(plugin, "config");
  const key = String(
    context.synth.stacks.find(({ id }) => id === service.stack)?.backend["key"] ?? "",
  );
  // WORKBOOK_STATE is the bucket, and the learner's folder in it.
  const where = String(url ?? "-").replace("$WORKBOOK_STATE", `s3://STATE/${context.owner}`);
  return [
    {
      fault: "names",
      expected: both`${["it deploys", "デプロイするのは"]} ${names.service}, ${names.cluster}`,
      actual: `${String(config["service"] ?? "-")}, ${String(config["cluster"] ?? "-")}`,
      holds: config["service"] === names.service && config["cluster"] === names.cluster,
    },
    {
      fault: "state",
      expected: both`${["it reads from S3", "S3 から読む"]}: ${key}`,
      actual: `tfstate: ${String(path ?? url ?? "-")}`,
      holds: /^s3:\/\/[^/]+\//.test(where) && where.replace(/^s3:\/\/[^/]+\//, "") === key,
    },
  ];
}

function definitionSteps(
  context: SynthContext,
  service: SynthResource,
  files: EcspressoFiles,
  app: WebApp,
): readonly Step<Fault>[] {
  const written = WRITTEN_OUT.exec(files.source)?.[0];
  const paths = lookedUp(files);
  const known = new Set(
    context.synth.resources
      .filter(({ stack }) => stack === service.stack)
      .map(({ address }) => address),
  );
  const unknown = paths.filter((path) => !known.has(path.replace(/\.[^.]*$/, "")));
  const container = inner(files.task, "containerDefinitions");
  const image = String(container["image"] ?? "-");
  return [
    {
      fault: "written-out",
      expected: ["nothing that AWS has named is written out", "AWS が付けた名前を直接書いていない"],
      actual: written ?? both`${paths.length} ${["looked up", "件を参照"]}`,
      holds: written === undefined,
    },
    {
      fault: "not-in-state",
      expected: ["what is looked up stands in the stack", "参照しているものがスタックにある"],
      actual: unknown.join(", ") || paths.join(", ") || "-",
      holds: unknown.length === 0 && paths.length > 0,
    },
    {
      fault: "image",
      expected: ["the image is told by the environment", "イメージを環境変数から受け取る"],
      actual: image,
      holds: /^\$[A-Z_]+$/.test(image),
    },
    ...serviceSteps(context, service, files, app),
  ];
}

function serviceSteps(
  context: SynthContext,
  service: SynthResource,
  { service: definition, task }: EcspressoFiles,
  app: WebApp,
): readonly Step<Fault>[] {
  const balancer = inner(definition, "loadBalancers");
  const container = inner(task, "containerDefinitions");
  const { containerPort } = inner(container, "portMappings");
  const [written] = blocksOf(service.attributes, "load_balancer");
  const groups = referred(context, service, written?.["target_group_arn"], "aws_lb_target_group");
  const targets = String(balancer["targetGroupArn"] ?? "-");
  const configuration = inner(definition, "deploymentConfiguration");
  const breaker = inner(configuration, "deploymentCircuitBreaker");
  const alarms = inner(configuration, "alarms");
  const alarmNames = JSON.stringify(alarms["alarmNames"] ?? []);
  return [
    {
      fault: "container",
      expected: both`${["requests go to", "リクエストの転送先は"]} ${app.container}:${app.port}`,
      actual: `${String(balancer["containerName"])}:${String(balancer["containerPort"])}, ${String(container["name"])}:${String(containerPort)}`,
      holds:
        balancer["containerName"] === container["name"] &&
        balancer["containerPort"] === containerPort &&
        container["name"] === app.container &&
        containerPort === app.port,
    },
    {
      fault: "targets",
      expected: ["in the stack's own target group", "スタックと同じターゲットグループ"],
      actual: targets,
      holds: groups.some(({ address }) => targets === `\${${address}.arn}`),
    },
    {
      fault: "count",
      expected: ["how many tasks there are is not its affair", "タスクの数を書いていない"],
      actual: `desiredCount: ${String(definition["desiredCount"] ?? "-")}`,
      holds: definition["desiredCount"] === undefined,
    },
    {
      fault: "guards",
      expected: ["circuit breaker and alarm stay on", "サーキットブレーカーとアラームが有効なまま"],
      actual: `deploymentConfiguration: ${JSON.stringify(configuration)}`,
      holds:
        [breaker, alarms].every((each) => each["enable"] === true && each["rollback"] === true) &&
        alarmNames.includes("aws_cloudwatch_metric_alarm."),
    },
  ];
}
