import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startIssuer, type TestIssuer } from "../src/services/sts/testing/issuer.ts";
import { runProgram } from "./support/run-program.ts";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

const FIXTURES = join(import.meta.dirname, "fixtures/web-identity");
/** A build elsewhere has a token, and no key. */
const NO_KEYS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

let dir: string;
let cloud: SpawnedCloud;
let issuer: TestIssuer;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "web-identity-"));
  const tls = await makeCertificate();
  issuer = await startIssuer(tls);
  // Local AWS asks the issuer for its keys, as AWS does, and believes whom Node believes.
  process.env["NODE_EXTRA_CA_CERTS"] = tls.file;
  cloud = await SpawnedCloud.start(join(dir, "data"));
  delete process.env["NODE_EXTRA_CA_CERTS"];
}, 120_000);
afterAll(async () => {
  await Promise.all([cloud.end(), issuer.stop()]);
  rmSync(dir, { recursive: true });
}, 60_000);

/** Terraform breaks long lines. */
const oneLine = (text: string) => text.replaceAll(/\s+/g, " ");

/** Of `localhost`, signed by itself: the provider takes issuers of https alone. */
async function makeCertificate() {
  const [key, file] = [join(dir, "key.pem"), join(dir, "certificate.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", key, "-out", file];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
  const options = { cwd: dir, env: process.env };
  const { code, stderr } = await runProgram("openssl", [...request, ...subject, ...files], options);
  expect(code, stderr).toBe(0);
  return { key: readFileSync(key, "utf8"), cert: readFileSync(file, "utf8"), file };
}

test(
  "a build deploys without a key, by the token that its house signed, and may no more than its role",
  { timeout: 900_000 },
  async () => {
    const copy = (name: string, env?: NodeJS.ProcessEnv) =>
      TerraformFolder.copy(join(FIXTURES, name), join(dir, name), cloud, env);
    const trust = await copy("trust");
    const asked = ["-input=false", "-var", `issuer=${issuer.url}`];
    await trust.succeed("init", "-input=false");
    await trust.succeed("apply", "-auto-approve", ...asked);
    // That it plans nothing then is tried elsewhere: the provider takes an issuer with a port for another one than it made.
    const role = JSON.parse(await trust.succeed("output", "-json", "role")) as string;

    const deploy = await copy("deploy", NO_KEYS);
    await deploy.succeed("init", "-input=false");
    const by = (token: string, ...more: string[]) => {
      const values = [`role=${role}`, `token=${token}`, ...more];
      return ["-auto-approve", "-input=false", ...values.flatMap((value) => ["-var", value])];
    };
    await deploy.succeed("apply", ...by(await issuer.sign()));
    expect(JSON.parse(await deploy.succeed("output", "-json", "who"))).toBe(
      "arn:aws:sts::123456789012:assumed-role/deploy/build",
    );

    const ofBranch = await issuer.sign({ sub: "repo:octo/app:ref:refs/heads/other" });
    const branch = await deploy.run("apply", ...by(ofBranch));
    expect(oneLine(branch.output)).toContain(
      "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    );
    const forged = await deploy.run("apply", ...by(await issuer.sign({}, "forged")));
    expect(forged.output).toContain("InvalidIdentityToken");
    const other = await deploy.run("apply", ...by(await issuer.sign(), "queue=other"));
    expect(oneLine(other.output)).toMatch(/not authorized to perform: sqs:createqueue/i);

    await deploy.succeed("destroy", ...by(await issuer.sign()));
    await trust.succeed("destroy", "-auto-approve", ...asked);
  },
);
