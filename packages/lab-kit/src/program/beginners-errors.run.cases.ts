import { before, type Mistake } from "./beginners-errors.cases.ts";

const CLUSTER = "    const cluster";

/** Mistakes that show when the program runs, or in what it writes, by kind. */
export const RUN_MISTAKES: Readonly<Record<string, Readonly<Record<string, Mistake>>>> = {
  run: {
    "two constructs of one name": [['new Subnet(this, "subnet"', 'new Subnet(this, "vpc"']],
    "two stacks of one name": [['super(scope, "service"', 'super(scope, "images"']],
    "a construct without a name": [['new Vpc(this, "vpc"', 'new Vpc(this, ""']],
    "a construct that is put into no stack": [['new Vpc(this, "vpc"', 'new Vpc(scope, "vpc"']],
    "an attribute as the name of a construct": [
      ['new Subnet(this, "subnet"', "new Subnet(this, vpc.id"],
    ],
    "an error of one's own": before(CLUSTER, '    throw new Error("not yet");\n'),
    "a text that is thrown": before(CLUSTER, '    throw "not yet";\n'),
    "a property of nothing": [
      [
        "settings.availabilityZones[0]",
        'settings.availabilityZones.find((zone) => zone === "x").trim()',
      ],
    ],
    "a list of nothing": [["vpc.id", "(vpc as any).subnets[0].id"]],
    "a variable before it is made": [
      ["vpc.id", "(() => later.id)()"],
      [CLUSTER, `    const later = vpc;\n${CLUSTER}`],
    ],
    "what is no function": [["vpc.id", "(vpc as any).getId()"]],
    "an end of the program": before(CLUSTER, "    process.exit(0);\n"),
    "a loop without an end": before(
      CLUSTER,
      "    for (let zone = 0; zone < 2; ) {\n      Math.sqrt(zone);\n    }\n",
    ),
    "a function that calls itself": before(
      CLUSTER,
      "    const again = () => again();\n    again();\n",
    ),
    "a promise that never comes": before("export class Im", "await new Promise(() => {});\n"),
    "a promise that nobody catches": before(
      CLUSTER,
      '    void Promise.reject(new Error("too late"));\n',
    ),
    "a construct in place of its ARN, past the compiler": [["task.arn", "task as any"]],
    "a construct given as a token": [
      ["vpc.id", "Token.asString(vpc)"],
      ["import { Vpc }", 'import { Token } from "cdktf";\nimport { Vpc }'],
    ],
    "a construct in JSON": [["essential: true", "essential: true, environment: vpc"]],
    "a class that is not exported": [["export class ServiceStack", "class ServiceStack"]],
    "a class that is exported as default": [
      ["export class ServiceStack", "export default class ServiceStack"],
    ],
    "a class of another name": [["export class ServiceStack", "export class MyStack"]],
  },
  output: {
    "a construct in a text": [["task.arn", "`${task}`"]],
    "an object in a text": [['settings.named("workbook")', '"workbook-" + settings']],
    "nothing in a text": [['settings.named("workbook")', '`workbook-${settings["name"]}`']],
    "a reference in quotes": [["vpc.id", '"${vpc.id}"']],
    "a reference in a part of a text": [
      ['settings.named("workbook")', '"workbook-${settings.owner}"'],
    ],
    "the first character of a reference": [["[subnet.id]", "[vpc.id[0]]"]],
    "a construct outside of a stack": before(
      "export class ServiceStack",
      'new Vpc(this, "outer", {});\n\n',
    ),
  },
};
