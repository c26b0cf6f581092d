import {
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, list, text, type Words } from "@workbook/toolchain";

const STATES = "https://developer.hashicorp.com/terraform/language/state";

/** What a stack is for, by the types that it is made of. */
interface Part {
  /** What there is one of: its stack is the part's. */
  readonly heart: string;
  /** Everything that belongs to the part. */
  readonly types: RegExp;
  readonly name: Words;
}

const NETWORK: Part = {
  heart: "aws_vpc",
  types:
    /^aws_(?:vpc|subnet|internet_gateway|nat_gateway|eip|route|route_table|route_table_association)$/,
  name: ["the network", "ネットワーク"],
};
const DATA: Part = { heart: "aws_s3_bucket", types: /^aws_s3_/, name: ["the data", "データ"] };
const PARAMETERS: Part = {
  heart: "aws_secretsmanager_secret",
  types: /^aws_(?:secretsmanager|kms)_/,
  name: ["the parameters", "パラメーター"],
};
const SERVICE: Part = {
  heart: "aws_ecs_cluster",
  types: /^aws_(?:ecs|lb|security_group|vpc_security_group|cloudwatch|iam)/,
  name: ["the service", "サービス"],
};
const OTHERS: readonly Part[] = [NETWORK, DATA, PARAMETERS, SERVICE];

/** What a stack may hold beside its part: what it tells others. */
const TELLS = /^aws_ssm_parameter$/;

const read: Words = [
  `One state is one plan, one lock, and one thing that can go wrong: ${STATES}`,
  `ステート 1 つが、プラン 1 つ、ロック 1 つ、影響を受ける範囲 1 つです: ${STATES}`,
];

const FAULTS = {
  "no-part": hint(
    ["Is it still in your program?", "プログラムに残っていますか。"],
    ["Everything of chapter 11 stays; it moves.", "第 11 章のものはすべて残り、移動するだけです。"],
    'super(scope, "network", settings);',
  ),
  together: hint(
    [
      "What else would a mistake in this stack take with it?",
      "このスタックで間違えたら、ほかの何を巻き込みますか。",
    ],
    read,
    'super(scope, "network", settings);',
  ),
  "left-behind": hint(
    [
      "Which resource of this part is still in another stack?",
      "この部分のリソースで、まだ別のスタックにあるものはどれですか。",
    ],
    read,
    'super(scope, "network", settings);',
  ),
  foreign: hint(
    [
      "How often does this resource change, and how often the rest of its stack?",
      "このリソースはどのくらい変わりますか。同じスタックのほかのものはどうですか。",
    ],
    read,
    'super(scope, "service", settings);',
  ),
  unprotected: hint(
    [
      "What says no when somebody runs `terraform destroy` in this stack?",
      "このスタックで `terraform destroy` を実行したとき、何が止めますか。",
    ],
    [
      "prevent_destroy refuses each plan that would destroy it: https://developer.hashicorp.com/terraform/language/meta-arguments/prevent_destroy",
      "prevent_destroy があると、それを削除するプランは拒否されます: https://developer.hashicorp.com/terraform/language/meta-arguments/prevent_destroy",
    ],
    "lifecycle: { preventDestroy: true },",
  ),
};

type Fault = keyof typeof FAULTS;

/** The network is alone in a stack. */
export const networkAlone = (id: string): Check<"synth"> =>
  partAlone(id, NETWORK, [
    "The network is a stack of its own",
    "ネットワークが 1 つのスタックになっている",
  ]);

/** The data are alone in a stack, and protected. */
export const dataAlone = (id: string): Check<"synth"> =>
  partAlone(id, DATA, [
    "The data are a stack of their own, which cannot be destroyed by mistake",
    "データが 1 つのスタックになっていて、誤って削除できない",
  ]);

/** The secrets and their key are alone in a stack. */
export const parametersAlone = (id: string): Check<"synth"> =>
  partAlone(id, PARAMETERS, [
    "The parameters are a stack of their own",
    "パラメーターが 1 つのスタックになっている",
  ]);

function partAlone(id: string, part: Part, title: Words): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text(title),
    faults: FAULTS,
    run: (context) => examine(context, part),
  });
}

function examine({ synth }: SynthContext, part: Part): CheckResult<Fault> {
  const all = synth.resources.filter(({ kind }) => kind === "resource");
  const [heart] = synth.all(part.heart);
  const stack = heart?.stack ?? "";
  const own = all.filter((each) => each.stack === stack);
  const others = OTHERS.filter((each) => each !== part);
  const beside = others.filter(({ heart: type }) => own.some((each) => each.type === type));
  const behind = all.filter((each) => part.types.test(each.type) && each.stack !== stack);
  const foreign = own.filter(({ type }) => !part.types.test(type) && !TELLS.test(type));
  const isProtected = part !== DATA || isPrevented(heart);
  return walk(part.name, [
    {
      fault: "no-part",
      expected: [`there is ${part.heart}`, `${part.heart} がある`],
      actual: heart?.address ?? ["none", "なし"],
      holds: heart !== undefined,
    },
    {
      fault: "together",
      expected: ["in a stack without the other parts", "ほかの部分とは別のスタックにある"],
      actual: both`${stack}: ${list([part, ...beside].map(({ name }) => name))}`,
      holds: beside.length === 0,
    },
    {
      fault: "left-behind",
      expected: ["all of it is there", "すべてがそこにある"],
      actual: behind.length === 0 ? stack : places(behind),
      holds: behind.length === 0,
    },
    {
      fault: "foreign",
      expected: ["nothing else is there", "ほかのものがない"],
      actual: foreign.length === 0 ? stack : places(foreign),
      holds: foreign.length === 0,
    },
    ...(part === DATA
      ? [
          {
            fault: "unprotected" as const,
            expected: ["prevent_destroy is set", "prevent_destroy がある"] as const,
            actual: isProtected
              ? (["prevent_destroy", "prevent_destroy"] as const)
              : (["no prevent_destroy", "prevent_destroy なし"] as const),
            holds: isProtected,
          },
        ]
      : []),
  ]);
}

function isPrevented(heart: SynthResource | undefined): boolean {
  const { prevent_destroy: prevents } = (heart?.attributes["lifecycle"] ?? {}) as {
    prevent_destroy?: unknown;
  };
  return prevents === true;
}

const places = (resources: readonly SynthResource[]): Words =>
  list(resources.map(({ stack, address }) => `${stack}/${address}`));
