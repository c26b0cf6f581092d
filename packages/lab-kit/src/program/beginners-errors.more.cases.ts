import { before, type Mistake } from "./beginners-errors.cases.ts";

const CLUSTER = "    const cluster";
const SUBNET = (name: string) => `new Subnet(this, ${name}, { vpcId: vpc.id })`;
const SUBNETS = `    const subnets = ["a", "c"].map((zone) => ${SUBNET("zone")});\n`;
const END = "      networkConfiguration: { subnets: [subnet.id] },\n    });\n  }";
const method = (text: string): readonly [string, string] => [END, `${END}\n\n${text}`];

/** Mistakes with lists, loops and functions that the compiler sees. */
export const LIST_MISTAKES: Readonly<Record<string, Mistake>> = {
  "an attribute of a list": [
    [CLUSTER, `${SUBNETS}${CLUSTER}`],
    ["[subnet.id]", "[subnets.id]"],
  ],
  "forEach in place of map": [
    [CLUSTER, `${SUBNETS.replace(".map", ".forEach")}${CLUSTER}`],
    ["[subnet.id]", "subnets.map((each) => each.id)"],
  ],
  "a function in braces without return": [
    [CLUSTER, `${SUBNETS.replace(/=> (.*)\);/, "=> {\n      $1;\n    });")}${CLUSTER}`],
    ["subnet.id]", "subnets[0].id]"],
  ],
  "such a list as an argument": [
    [CLUSTER, `${SUBNETS.replace(/=> (.*)\);/, "=> {\n      $1;\n    });")}${CLUSTER}`],
    ["desiredCount: 2,", "desiredCount: this.count(subnets),"],
    method(
      "  private count(subnets: readonly Subnet[]): number {\n    return subnets.length;\n  }",
    ),
  ],
  "a list of texts where one is wanted": [
    ["settings.availabilityZones[0]", "settings.availabilityZones"],
  ],
  "a list within a list": [
    [CLUSTER, `    const ids = [subnet.id];\n${CLUSTER}`],
    ["[subnet.id] }", "[ids] }"],
  ],
  "a loop through names": before(
    CLUSTER,
    `${SUBNETS}    for (const each in subnets) {\n      new Cluster(this, each, { name: each.id });\n    }\n`,
  ),
  "a loop through names, in pairs": before(
    CLUSTER,
    `${SUBNETS}    for (const [index, each] in subnets.entries()) {\n      new Cluster(this, index, { name: each.id });\n    }\n`,
  ),
  "an attribute in dependsOn": [
    ["desiredCount: 2,", "desiredCount: 2,\n      dependsOn: [vpc.arn],"],
  ],
  "a name in dependsOn": [["desiredCount: 2,", 'desiredCount: 2,\n      dependsOn: ["vpc"],']],
  "a number with its unit": [["desiredCount: 2", 'desiredCount: "2 tasks"']],
  "a number in words": [["desiredCount: 2", 'desiredCount: "two"']],
  "a text where an object is wanted": [
    ["desiredCount: 2,", 'desiredCount: 2,\n      lifecycle: "ignore",'],
  ],
  "JSON as a function": [["JSON.stringify([", "JSON(["]],
  "JSON in other letters": [["JSON.stringify([", "Json.stringify(["]],
  "what is no function, called": [["vpc.id", "vpc.id()"]],
  "an argument that is left out": [
    ["desiredCount: 2,", "desiredCount: this.count(1),"],
    method("  private count(zones: number, each: number): number {\n    return zones * each;\n  }"),
  ],
  "a method without return": [
    ["desiredCount: 2,", "desiredCount: this.count(),"],
    method("  private count(): number {\n    2;\n  }"),
  ],
  "private in a method": [["    const vpc", "    private const vpc"]],
  "a resource that refers to itself": [["vpcId: vpc.id", "vpcId: subnet.vpcId"]],
  "a class as Terraform calls it": [
    ["import { EcrRepository } from", "import { aws_ecr_repository } from"],
    ["new EcrRepository(", "new aws_ecr_repository("],
  ],
};

/** Mistakes with values that are not known yet, seen in what the program writes. */
export const TOKEN_MISTAKES: Readonly<Record<string, Mistake>> = {
  "a variable in plain quotes": before(
    CLUSTER,
    '    for (const zone of ["a", "c"]) {\n      new Subnet(this, zone, { vpcId: vpc.id, availabilityZone: "ap-northeast-1${zone}" });\n    }\n',
  ),
  "a piece of a reference": [["vpc.id", 'vpc.cidrBlock.split(".")[0]']],
  "a calculation with a reference": [["desiredCount: 2", "desiredCount: Number(vpc.id) / 2"]],
  "a number that is not known yet, twice": [
    ["desiredCount: 2", "desiredCount: vpc.ipv6NetmaskLength * 2"],
  ],
  "a calculation in an output": [
    [CLUSTER, `    new TerraformOutput(this, "half", { value: Number(vpc.id) / 2 });\n${CLUSTER}`],
    ["import { Vpc }", 'import { TerraformOutput } from "cdktf";\nimport { Vpc }'],
  ],
};
