import { createMarkdownRenderer } from "vitepress";
import { expect, test } from "vitest";

import { labImportsPlugin } from "./lab-imports.ts";

const md = await createMarkdownRenderer(import.meta.dirname, {
  config: (renderer) => void renderer.use(labImportsPlugin),
});

const render = (...content: readonly string[]) =>
  md.render(["```lab-imports", ...content, "```"].join("\n"));

/** The lines of code that a fence of this content comes to. */
function linesOf(html: string): string[] {
  const lines = html.matchAll(/<span class="line">(.*)<\/span>/g);
  return [...lines].map(([, spans = ""]) => spans.replaceAll(/<[^>]+>/g, ""));
}

test("shows the import lines that the solution has and the start has not", () => {
  expect(linesOf(render("lab: 01-images"))).toEqual([
    'import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js";',
    'import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";',
  ]);
});

test("shows those of some classes alone, under the names that the library has", () => {
  const html = render("lab: 08-two-services", "classes: SecurityGroup, LbListener");
  expect(linesOf(html)).toEqual([
    'import { LbListener } from "@cdktf/provider-aws/lib/lb-listener/index.js";',
    'import { SecurityGroup as AwsSecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";',
  ]);
});

test("links each class to what Terraform's provider says of it, data sources too", () => {
  const html = render("lab: 06-logging", "classes: IamRole, DataAwsIamPolicyDocument");
  const links = [...html.matchAll(/href="([^"]+)"[^>]*>([^<]+)</g)].map(([, to, name]) => [
    name,
    to,
  ]);
  const docs = "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs";
  expect(links).toEqual([
    ["DataAwsIamPolicyDocument", `${docs}/data-sources/iam_policy_document`],
    ["IamRole", `${docs}/resources/iam_role`],
  ]);
});

test.each([
  ["a lab that is not there", ["lab: 99-no"], "there is no file labs/99-no/start/stack.ts"],
  [
    "a class that the solution does without",
    ["lab: 01-images", "classes: Vpc"],
    "does not import Vpc",
  ],
  ["a word that it does not know", ["lab: 01-images", "names: Vpc"], "not:"],
])("refuses %s", (_, content, problem) => {
  expect(() => render(...content)).toThrow(problem);
});
