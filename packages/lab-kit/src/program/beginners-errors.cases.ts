/** What a beginner does to a program that is right: each pair is a text of it, and what stands there instead. */
export type Mistake = readonly (readonly [right: string, wrong: string])[];

const CLUSTER = "    const cluster";
const REPOSITORY =
  'import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";';
const TASK_PROPERTIES = `
      family: settings.named("node-app"),
      cpu: "256",
      memory: "512",
      containerDefinitions: JSON.stringify([
        { name: "node-app", image: settings.image("nodejs-app"), essential: true },
      ]),
   `;
const SERVICE_SUPER = '    super(scope, "service", settings);\n';
const SERVICE_CONSTRUCTOR = `  constructor(scope: Construct, settings: Settings) {\n${SERVICE_SUPER}`;
const VPC = '    const vpc = new Vpc(this, "vpc", { cidrBlock: "10.0.0.0/16" });\n';

/** Puts something before a text of the program. */
export const before = (text: string, added: string): Mistake => [[text, `${added}${text}`]];

/** Mistakes that the compiler sees, by kind. The program of the chapter is `beginners-errors.stack.txt`. */
export const COMPILER_MISTAKES: Readonly<Record<string, Readonly<Record<string, Mistake>>>> = {
  imports: {
    "a class of the provider is not imported": [[`${REPOSITORY}\n`, ""]],
    "a construct of the workbook is not imported": [
      ['import { Cluster } from "@workbook/infra/cluster";\n', ""],
    ],
    "a type is not imported": [['import type { Construct } from "constructs";\n', ""]],
    "something of cdktf is not imported": before(
      CLUSTER,
      '    new TerraformOutput(this, "vpc_id", { value: vpc.id });\n',
    ),
    "a name that AWS and the workbook both have": before(
      CLUSTER,
      '    new SecurityGroup(this, "group", {});\n',
    ),
    "the configuration of a class as a type": before(
      CLUSTER,
      "    const tags: EcsServiceNetworkConfiguration = { subnets: [] };\n",
    ),
    "a class of the whole provider": [
      [REPOSITORY, 'import { EcrRepository } from "@cdktf/provider-aws";'],
    ],
    "a namespace of the whole provider": [
      [REPOSITORY, 'import { ecrRepository } from "@cdktf/provider-aws";'],
      ["new EcrRepository", "new ecrRepository.EcrRepository"],
    ],
    "everything of the whole provider": [
      [REPOSITORY, 'import * as aws from "@cdktf/provider-aws";'],
      ["new EcrRepository", "new aws.ecrRepository.EcrRepository"],
    ],
    "a path without index.js": [["lib/ecr-repository/index.js", "lib/ecr-repository"]],
    "a path with a slip of the pen": [
      ["lib/ecr-repository/index.js", "lib/ecr-repositry/index.js"],
    ],
    "a package with a slip of the pen": [['from "constructs"', 'from "construct"']],
    "another library": [['"@cdktf/provider-aws/lib/vpc/index.js"', '"aws-cdk-lib/aws-ec2"']],
    "a class without braces": [["import { EcrRepository } from", "import EcrRepository from"]],
    "a class in other letters": [
      ["import { EcrRepository } from", "import { ECRRepository } from"],
    ],
    "a class that does not exist": before(CLUSTER, '    new EcsServices(this, "x", {});\n'),
    "a type without type": [["import type { Settings }", "import { Settings }"]],
    "a class with type": [["import { Vpc }", "import type { Vpc }"]],
    "a construct of the workbook in other letters": [
      ["@workbook/infra/cluster", "@workbook/infra/Cluster"],
    ],
    "a file without its ending": before(
      "import type { Settings }",
      'import { helper } from "./helper";\n',
    ),
    "a file with the ending of JavaScript": [
      [
        "import type { Settings }",
        'import { helper } from "./helper.js";\nimport type { Settings }',
      ],
      ['super(scope, "images"', 'helper();\n    super(scope, "images"'],
    ],
    "a file that is not there": before(
      "import type { Settings }",
      'import { helper } from "../shared/helper.ts";\n',
    ),
    "require in place of import": [
      [
        'import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";',
        'const { Vpc } = require("@cdktf/provider-aws/lib/vpc/index.js");',
      ],
    ],
  },
  names: {
    "a property with a slip of the pen": [["imageTagMutability", "imageTagMutabilty"]],
    "a property in other letters": [["vpcId: vpc.id", "vpcID: vpc.id"]],
    "a property as Terraform calls it": [["desiredCount", "desired_count"]],
    "a property that nothing is like": [["desiredCount: 2", "replicas: 2"]],
    "a setting with a slip of the pen": [
      ["settings.availabilityZones", "settings.availabilityZone"],
    ],
    "an attribute that a resource does not have": [["vpc.id", "vpc.vpcId"]],
    "a variable with a slip of the pen": [["vpc.id", "vcp.id"]],
    "a variable that nothing was put into": [["const vpc = new", "new"]],
    "a variable that is not there": [["vpc.id", "network.id"]],
    "a variable above the line that makes it": [
      [VPC, ""],
      [CLUSTER, `${VPC}${CLUSTER}`],
    ],
    "two variables of one name": [["const subnet = new", "const vpc = new"]],
    "a property twice": before("desiredCount: 2,", "desiredCount: 3,\n      "),
    "another value for a constant": before(CLUSTER, "    vpc = cluster;\n"),
    "a stack of another name": [['"images", settings', '"image", settings']],
    "an app of another name": [['image("nodejs-app")', 'image("node-app")']],
  },
  values: {
    "a task definition in place of its ARN": [["task.arn", "task"]],
    "a VPC in place of its id": [["vpcId: vpc.id", "vpcId: vpc"]],
    "a subnet in place of its id, in a list": [["[subnet.id]", "[subnet]"]],
    "a construct of the workbook in place of its attribute": [
      ["cluster: cluster.arn", "cluster: cluster"],
    ],
    "a construct in place of its attribute, in short": [["cluster: cluster.arn", "cluster"]],
    "one where a list is wanted": [["[subnet.id]", "subnet.id"]],
    "a construct where a list is wanted": [["[subnet.id]", "subnet"]],
    "a list where one is wanted": [["{ subnets: [subnet.id] }", "[{ subnets: [subnet.id] }]"]],
    "an object where a list is wanted": before(
      "desiredCount: 2,",
      'loadBalancer: { targetGroupArn: "x", containerName: "x", containerPort: 80 },\n      ',
    ),
    "a number where a string is wanted": [['cpu: "256"', "cpu: 256"]],
    "a string where a number is wanted": [["desiredCount: 2", 'desiredCount: "2"']],
    "a string where a boolean is wanted": [["forceDelete: true", 'forceDelete: "yes"']],
    "a list where JSON is wanted": [
      ["JSON.stringify([", "["],
      ["      ]),\n    });", "      ],\n    });"],
    ],
    "tags as a list": [
      [
        '{ cidrBlock: "10.0.0.0/16" }',
        '{ cidrBlock: "10.0.0.0/16", tags: [{ Key: "Name", Value: "x" }] }',
      ],
    ],
    "super without the name of the stack": [
      ['super(scope, "service", settings)', "super(scope, settings)"],
    ],
    "a function that is not called": [
      ['name: settings.named("nodejs-app")', "name: settings.named"],
    ],
    "a required property that is left out": [["      vpcId: vpc.id,\n", ""]],
    "several required properties that are left out": [[TASK_PROPERTIES, ""]],
    "no stack as the first argument": [['new Vpc(this, "vpc", {', 'new Vpc("vpc", {']],
    "no name as the second argument": [['new Vpc(this, "vpc", {', "new Vpc(this, {"]],
    "no properties as the third argument": [
      [
        'new Subnet(this, "subnet", {\n      vpcId: vpc.id,\n      cidrBlock: "10.0.0.0/24",\n      availabilityZone: settings.availabilityZones[0],\n    })',
        'new Subnet(this, "subnet")',
      ],
    ],
  },
  syntax: {
    "a comma that is missing": [['named("nodejs-app"),\n', 'named("nodejs-app")\n']],
    "a comma that is missing within a line": [
      ['{ name: "node-app", image:', '{ name: "node-app" image:'],
    ],
    "a round bracket that is missing": [
      ['{ cidrBlock: "10.0.0.0/16" });', '{ cidrBlock: "10.0.0.0/16" };'],
    ],
    "an equals sign that is missing": [["const vpc = new", "const vpc new"]],
    "a template that does not end": [["vpcId: vpc.id,", "vpcId: `${vpc.id},"]],
    "a semicolon in place of a comma": [["forceDelete: true,", "forceDelete: true;"]],
    "an equals sign in place of a colon": [["forceDelete: true", "forceDelete = true"]],
    "a brace of an object that is missing": [
      ["forceDelete: true,\n    });", "forceDelete: true,\n    );"],
    ],
    "a brace of a class that is missing": [
      ["    });\n  }\n}\n\nexport class Serv", "    });\n  }\n\nexport class Serv"],
    ],
    "braces at the end that are missing": [
      [
        "      networkConfiguration: { subnets: [subnet.id] },\n    });\n  }\n}\n",
        "      networkConfiguration: { subnets: [subnet.id] },\n    });\n",
      ],
    ],
    "a brace too many": [["forceDelete: true,\n    });", "forceDelete: true,\n    }});"]],
    "brackets in another order": [["JSON.stringify([\n", "JSON.stringify[(\n"]],
    "a quotation mark that is missing": [['"IMMUTABLE",', '"IMMUTABLE,']],
    "typographic quotation marks": [['"IMMUTABLE"', "“IMMUTABLE”"]],
    "full-width characters": [['cpu: "256",', 'cpu： "256",']],
    "a value that is missing": [["desiredCount: 2", "desiredCount: "]],
  },
  language: {
    "await in a constructor": [["const vpc = new", "const vpc = await new"]],
    "an asynchronous constructor": [
      [SERVICE_CONSTRUCTOR, `  async${SERVICE_CONSTRUCTOR.slice(1)}`],
    ],
    "no call of super": [[SERVICE_SUPER, ""]],
    "this before super": before(SERVICE_SUPER, "    this.node.id;\n"),
    "a class that extends nothing": [
      ["export class ServiceStack extends WorkbookStack", "export class ServiceStack"],
    ],
    "a method without this": [
      ["    const cluster", "    nodeApp();\n    const cluster"],
      [
        "desiredCount: 2,\n      networkConfiguration: { subnets: [subnet.id] },\n    });\n  }",
        "desiredCount: 2,\n      networkConfiguration: { subnets: [subnet.id] },\n    });\n  }\n\n  private nodeApp(): void {}",
      ],
    ],
    "no new": [["new Vpc(", "Vpc("]],
    "an enum": before("export class Im", 'enum Tags {\n  Fixed = "IMMUTABLE",\n}\n'),
    "a property among the parameters": [
      [
        'constructor(scope: Construct, settings: Settings) {\n    super(scope, "service"',
        'constructor(private scope: Construct, settings: Settings) {\n    super(scope, "service"',
      ],
    ],
  },
};
