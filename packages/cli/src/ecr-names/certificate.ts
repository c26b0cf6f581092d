import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A key, and a certificate that says whose it is. */
export interface Certified {
  readonly key: KeyObject;
  /** In PEM. */
  readonly certificate: string;
}

/** Who vouches for the certificates of one process, and is believed by whoever is told to. */
export interface Authority extends Certified {
  readonly name: string;
}

const DAY_MS = 86_400_000;
/** As long as a command may go on, and more. */
const VALID_MS = 7 * DAY_MS;

/** An authority that lives as long as this process: its key is nowhere but here. */
export function createAuthority(name: string): Authority {
  const { privateKey, publicKey } = newKeys();
  const isAuthority = extension("551d13", sequence(der(0x01, Buffer.from([0xff]))), true);
  const issued = { subject: name, issuer: name, publicKey, extension: isAuthority };
  return { name, key: privateKey, certificate: certify(issued, privateKey) };
}

/** A certificate for a host's name. */
export function certifyHost(authority: Authority, host: string): Certified {
  const { privateKey, publicKey } = newKeys();
  const names = extension("551d11", sequence(der(0x82, Buffer.from(host, "latin1"))));
  // The name in the subject may have no more than 64 characters, and nobody looks at it.
  const issued = {
    subject: "Local AWS",
    issuer: authority.name,
    publicKey,
    extension: names,
  };
  return { key: privateKey, certificate: certify(issued, authority.key) };
}

const newKeys = () => generateKeyPairSync("ec", { namedCurve: "prime256v1" });

interface Issued {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly extension: Buffer;
}

/** ecdsa-with-SHA256: https://www.rfc-editor.org/rfc/rfc5758#section-3.2 */
const ALGORITHM = sequence(der(0x06, Buffer.from("2a8648ce3d040302", "hex")));

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function certify({ subject, issuer, publicKey, extension: only }: Issued, key: KeyObject): string {
  const from = Date.now() - DAY_MS;
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  // Positive, and different for each: its first bit is not set.
  const serial = der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)]));
  const body = sequence(
    version,
    serial,
    ALGORITHM,
    nameOf(issuer),
    sequence(utcTime(from), utcTime(from + VALID_MS)),
    nameOf(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(only)),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, key));
  const lines = sequence(body, ALGORITHM, signature)
    .toString("base64")
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** A name that has but a common name. */
function nameOf(commonName: string): Buffer {
  const attribute = sequence(
    der(0x06, Buffer.from("550403", "hex")),
    der(0x0c, Buffer.from(commonName)),
  );
  return sequence(der(0x31, attribute));
}

function extension(oid: string, value: Buffer, critical = false): Buffer {
  return sequence(
    der(0x06, Buffer.from(oid, "hex")),
    ...(critical ? [der(0x01, Buffer.from([0xff]))] : []),
    der(0x04, value),
  );
}

/** Two digits of each, of the years up to 2049: https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5.1 */
function utcTime(at: number): Buffer {
  const digits = new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return der(0x17, Buffer.from(digits.slice(2), "latin1"));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** A value in DER: its tag, how long it is, and what is in it. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, "0"), "hex");
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 | long.length, ...long];
  return Buffer.concat([Buffer.from(head), content]);
}
