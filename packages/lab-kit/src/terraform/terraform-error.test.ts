import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { copyLab } from "../lab-copy.ts";
import { placeInProgram } from "../program/explain-output.ts";
import { synthesise } from "../synth.ts";
import { parseEvent } from "./events.ts";
import { describeFaults, TerraformError, type TerraformFault } from "./terraform-error.ts";

vi.setConfig({ testTimeout: 60_000 });

const LAB = join(import.meta.dirname, "../../../../labs/02-network");

/** The lines that Terraform 1.11 wrote for such a program, without what nobody reads. */
const line = (diagnostic: object) =>
  JSON.stringify({ type: "diagnostic", diagnostic: { severity: "error", ...diagnostic } });

const wrongZone = (address: string, requestId: string) =>
  line({
    summary: `creating EC2 Subnet: operation error EC2: CreateSubnet, https response error StatusCode: 400, RequestID: ${requestId}, api error InvalidParameterValue: Value (ap-northeast-1x) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ap-northeast-1a, ap-northeast-1c, ap-northeast-1d.`,
    detail: "",
    address,
    snippet: { context: `resource.${address}`, code: "      }" },
  });

const noBoolean = line({
  summary: "Incorrect attribute value type",
  detail: 'Inappropriate value for attribute "enable_dns_support": a bool is required.',
  snippet: { context: "resource.aws_vpc.vpc", code: '        "enable_dns_support": "yes",' },
});

const faults = (lines: readonly string[]) =>
  lines.map((each) => parseEvent(each) as TerraformFault & { type: "diagnostic" });

/** The solution of chapter 2 with something else in it, and where its resources are made. */
async function program(right: string, wrong: string) {
  const scratch = mkdtempSync(join(tmpdir(), "terraform-error-"));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  writeFileSync(join(scratch, "package.json"), '{"type":"module"}');
  const lab = { directory: LAB, files: ["stack.ts"] };
  const variant = await copyLab(lab, "solution", join(scratch, "02-network"));
  const source = readFileSync(variant, "utf8");
  expect(source).toContain(right);
  const changed = source.replace(right, wrong);
  writeFileSync(variant, changed);
  const settings = { owner: "hanako", region: "ap-northeast-1", homeCidr: "203.0.113.7/32" };
  const outDirectory = join(scratch, "out");
  const reader = await synthesise({
    labDirectory: LAB,
    variant,
    settings,
    images: [],
    outDirectory,
  });
  const lineOf = (text: string, nth = 0) =>
    changed.slice(0, changed.split(text, nth + 1).join(text).length).split("\n").length;
  return {
    lineOf,
    find: (address: string, attribute: string | undefined) =>
      placeInProgram(reader, "service", address, attribute),
  };
}

test("one error of four resources is told once, with the lines that made them", async () => {
  const { lineOf, find } = await program(
    "const zones = settings.availabilityZones;",
    'const zones = ["ap-northeast-1x", "ap-northeast-1x"];',
  );
  const addresses = ["private_0", "public_1", "private_1", "public_0"];
  const lines = addresses.map((name, index) => wrongZone(`aws_subnet.${name}`, `id-${index}`));
  const error = new TerraformError("", "apply.log", faults(lines)).at(find);
  const at = (nth: number) => lineOf("          availabilityZone,", nth);
  expect(error.said.en).toBe(
    `stack.ts:${at(0)}  aws_subnet.public_0 and 3 more of the kind: creating EC2 Subnet: CreateSubnet: InvalidParameterValue: Value (ap-northeast-1x) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ap-northeast-1a, ap-northeast-1c, ap-northeast-1d.
  ${at(0)} | availabilityZone,
     | ^^^^^^^^^^^^^^^^
The same for aws_subnet.public_1 (stack.ts:${at(0)}), aws_subnet.private_0 (stack.ts:${at(1)}), aws_subnet.private_1 (stack.ts:${at(1)})`,
  );
  expect(error.said.ja).toContain("aws_subnet.public_0 ほか 3 件: creating EC2 Subnet");
});

test("what the types let through and Terraform does not names resource, line and property", async () => {
  const { lineOf, find } = await program(
    'cidrBlock: "10.0.0.0/16"',
    'cidrBlock: "10.0.0.0/16", enableDnsSupport: "yes" as unknown as boolean',
  );
  const { en } = new TerraformError("", "plan.log", faults([noBoolean])).at(find).said;
  expect(en.split("\n")[0]).toBe(
    `stack.ts:${lineOf("enableDnsSupport")}  aws_vpc.vpc: Incorrect attribute value type: Inappropriate value for attribute "enable_dns_support": a bool is required.`,
  );
  expect(en).toMatch(/enableDnsSupport: "yes".*\n +\| +\^{16}$/);
});

test("without a program the resource stands before its error", () => {
  expect(describeFaults(faults([wrongZone("aws_subnet.public_0", "id")])).en).toMatch(
    /^aws_subnet\.public_0: creating EC2 Subnet: CreateSubnet: InvalidParameterValue/,
  );
});
