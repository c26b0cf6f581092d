// What the library puts its parts together with; it has to be there first.
import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  type Extension,
  SubjectAlternativeNameExtension,
  type X509CertificateCreateWithKeyParams,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A key, and a certificate that says whose it is, both in PEM. */
export interface Certified {
  readonly key: string;
  readonly certificate: string;
}

/** Who vouches for the certificates of one process, and is believed by whoever is told to. */
export interface Authority {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  /** In PEM. */
  readonly certificate: string;
}

const DAY_MS = 86_400_000;
/** As long as a command may go on, and more. */
const VALID_MS = 7 * DAY_MS;

/** What Go, which ecspresso is written in, reads as well as Node. */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** An authority that lives as long as this process: its key is nowhere but here. */
export async function createAuthority(name: string): Promise<Authority> {
  const keys = await newKeys();
  const isAuthority = new BasicConstraintsExtension(true, undefined, true);
  const certificate = await certify(name, keys.publicKey, isAuthority, { name, keys });
  return { name, keys, certificate };
}

/** A certificate for a host's name. */
export async function certifyHost(authority: Authority, host: string): Promise<Certified> {
  const { privateKey, publicKey } = await newKeys();
  const names = new SubjectAlternativeNameExtension([{ type: "dns", value: host }]);
  // The name in the subject may have no more than 64 characters, and nobody looks at it.
  const certificate = await certify("Local AWS", publicKey, names, authority);
  const key = KeyObject.from(privateKey).export({ type: "pkcs8", format: "pem" }) as string;
  return { key, certificate };
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

/** Keys of Node have usages that the library's types do not know. */
type LibraryKey = X509CertificateCreateWithKeyParams["signingKey"];

async function certify(
  name: string,
  publicKey: webcrypto.CryptoKey,
  extension: Extension,
  issuer: Pick<Authority, "name" | "keys">,
): Promise<string> {
  const from = Date.now() - DAY_MS;
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [name] }],
    issuer: [{ CN: [issuer.name] }],
    notBefore: new Date(from),
    notAfter: new Date(from + VALID_MS),
    publicKey: publicKey as LibraryKey,
    signingKey: issuer.keys.privateKey as LibraryKey,
    signingAlgorithm: ALGORITHM,
    extensions: [extension],
  });
  return `${certificate.toString("pem")}\n`;
}
