import { spawn } from "node:child_process";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findEcspresso } from "@workbook/toolchain";
import { RegistryProxy } from "../ecr-names/registry-proxy.ts";
import type { Session } from "../session.ts";
import { nameVariables, toolEnvironment } from "./env.ts";

/** Where Go looks for certificates beside its one file: https://go.dev/src/crypto/x509/root_linux.go */
const CERTIFICATE_FOLDERS = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/**
 * Runs ecspresso against the workspace's cloud; its exit code is ours. It asks the registry for images by ECR's own name: that
 * comes to Local AWS as well.
 */
export async function ecspressoCommand(session: Session, args: readonly string[]): Promise<number> {
  const { path } = await findEcspresso({ root: session.workspace.root, signal: session.signal });
  const { endpoint, credentials } = await session.target.runningCloud();
  const own = process.env["HTTPS_PROXY"] || process.env["https_proxy"];
  const upstream = own && URL.canParse(own) ? new URL(own) : undefined;
  await using folder = await mkdtempDisposable(join(tmpdir(), "workbook-ecspresso-"));
  const proxy = await RegistryProxy.start({ endpoint, accountId: credentials.accountId, upstream });
  try {
    await writeFile(join(folder.path, "local-aws.pem"), proxy.authority);
    const env = {
      ...(await toolEnvironment(session)),
      ...(await nameVariables(session)),
      ...throughProxy(proxy.address, folder.path),
    };
    const child = spawn(path, args, { env, stdio: "inherit" });
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code ?? 130));
    });
  } finally {
    await proxy.close();
  }
}

/** Both spellings, because programs differ in which one they read. */
function throughProxy(address: string, certificates: string): NodeJS.ProcessEnv {
  const known = process.env["SSL_CERT_DIR"]?.split(delimiter) ?? CERTIFICATE_FOLDERS;
  return {
    HTTPS_PROXY: address,
    https_proxy: address,
    SSL_CERT_DIR: [certificates, ...known].join(delimiter),
  };
}
