import {
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  listed,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { text } from "@workbook/toolchain";

const REMOTE_STATE =
  "https://developer.hashicorp.com/terraform/language/state/remote-state-data#alternative-ways-to-share-data-between-configurations";
const TELLS = "aws_ssm_parameter";

const FAULTS = {
  "no-contract": hint(
    [
      "Where does the service read the VPC's id, which it does not make any more?",
      "サービスは、もう自分では作らない VPC の ID をどこから読みますか。",
    ],
    [
      "From a parameter that the network's stack writes, by a data source.",
      "ネットワークのスタックが書くパラメーターから、データソースで読みます。",
    ],
    'const vpcId = this.told("network", "vpc-id");',
  ),
  "remote-state": hint(
    [
      "What else may somebody read who may read that state?",
      "そのステートを読める人は、ほかに何を読めますか。",
    ],
    [
      `All of it. A parameter tells one value: ${REMOTE_STATE}`,
      `すべてです。パラメーターなら値 1 つだけを伝えます: ${REMOTE_STATE}`,
    ],
    'const vpcId = this.told("network", "vpc-id");',
  ),
  unpublished: hint(
    [
      "Which stack writes the parameter of that name, to the letter?",
      "その名前のパラメーターを書くのは、どのスタックですか。1 文字も違いませんか。",
    ],
    [
      "A contract is a name that both sides know. The data source fails where nobody writes it.",
      "契約とは、両方が知っている名前です。誰も書かない名前では、データソースが失敗します。",
    ],
    "name: `/${this.settings.owner}/${stack}/${name}`,",
  ),
  "no-order": hint(
    [
      "Which of the two has to be applied first, and who says so?",
      "どちらを先に適用しますか。それはどこに書かれていますか。",
    ],
    [
      "No reference says it any more, since the stacks do not refer to each other. CDKTF is told: https://developer.hashicorp.com/terraform/cdktf/concepts/stacks#stack-dependencies",
      "スタックは互いを参照しないので、参照からは分かりません。CDKTF に伝えます: https://developer.hashicorp.com/terraform/cdktf/concepts/stacks#stack-dependencies",
    ],
    "service.addDependency(before);",
  ),
  secret: hint(
    [
      "Where does what a data source has read stand afterwards?",
      "データソースが読んだ値は、その後どこに残りますか。",
    ],
    [
      "In the state of the stack that reads. Tell where a secret is, and let ECS read it: https://developer.hashicorp.com/terraform/language/manage-sensitive-data",
      "読んだスタックのステートに残ります。伝えるのはシークレットの場所だけにし、値は ECS に読ませます: https://developer.hashicorp.com/terraform/language/manage-sensitive-data",
    ],
    'this.publish("database-secret-arn", secret.arn);',
  ),
};

type Fault = keyof typeof FAULTS;

/** A parameter that one stack reads, and the stack that writes it, where one does. */
interface Reading {
  readonly reader: SynthResource;
  readonly name: string;
  readonly writer: string | undefined;
}

/** Stacks tell each other values by parameters, in an order that CDKTF knows, and no secret among them. */
export function contractByParameters(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "What a stack needs of another it reads from parameters",
      "ほかのスタックの値は、パラメーターから読む",
    ]),
    faults: FAULTS,
    run: examine,
  });
}

function examine(context: SynthContext): CheckResult<Fault> {
  const { synth } = context;
  const remote = synth.resources.filter(({ type }) => type === "terraform_remote_state");
  const readings = readingsOf(context);
  const orphans = readings.filter(({ writer }) => writer === undefined);
  const vpcs = readings.filter(({ writer }) => writer === synth.all("aws_vpc")[0]?.stack);
  const early = readings.filter(({ reader, writer }) => !comesAfter(context, reader.stack, writer));
  const secrets = secretsRead(context);
  return walk(TELLS, [
    {
      fault: "remote-state",
      expected: ["no stack reads the state of another", "ほかのステートを読まない"],
      actual: listed(remote.map(({ stack, address }) => `${stack}/${address}`)),
      holds: remote.length === 0,
    },
    {
      fault: "no-contract",
      expected: ["the network's values are read", "ネットワークの値を読む"],
      actual: listed(readings.map(({ name }) => name)),
      holds: vpcs.length > 0,
    },
    {
      fault: "unpublished",
      expected: ["another stack writes each of them", "どれも別のスタックが書く"],
      actual: listed((orphans.length > 0 ? orphans : readings).map(({ name }) => name)),
      holds: orphans.length === 0,
    },
    {
      fault: "no-order",
      expected: ["the writer comes first", "書くスタックが先に適用される"],
      actual: listed(
        (early.length > 0 ? early : readings).map(
          ({ reader, writer }) => `${writer ?? "?"} → ${reader.stack}`,
        ),
      ),
      holds: early.length === 0,
    },
    {
      fault: "secret",
      expected: [
        "no secret's value is read into a state",
        "シークレットの値をステートに読み込まない",
      ],
      actual: listed(secrets.map(({ stack, address }) => `${stack}/${address}`)),
      holds: secrets.length === 0,
    },
  ]);
}

function readingsOf({ synth }: SynthContext): readonly Reading[] {
  const isParameter = ({ type }: SynthResource) => type === TELLS;
  const written = synth.all(TELLS);
  return synth.resources
    .filter((each) => each.kind === "data" && isParameter(each))
    .map((reader) => {
      const name = String(reader.attributes["name"]);
      const writer = written.find((each) => each.attributes["name"] === name);
      return { reader, name, writer: writer?.stack };
    });
}

/** Whether a stack needs another, be it over a third. */
function comesAfter(context: SynthContext, stack: string, first: string | undefined): boolean {
  const { needs } = context.synth.stacks.find(({ id }) => id === stack)!;
  return needs.some((need) => need === first || comesAfter(context, need, first));
}

/** Data sources whose answer is a secret's value. */
function secretsRead({ synth }: SynthContext): readonly SynthResource[] {
  const secure = synth.all(TELLS).filter(({ attributes }) => attributes["type"] === "SecureString");
  return synth.resources.filter(
    ({ kind, type, attributes }) =>
      kind === "data" &&
      (/^aws_secretsmanager_(?:secret_version|random_password)$/.test(type) ||
        (type === TELLS && secure.some((each) => each.attributes["name"] === attributes["name"]))),
  );
}
