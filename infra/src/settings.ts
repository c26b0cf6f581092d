/**
 * What a lab's stacks need to know from outside, read once from environment variables.
 *
 * | variable             | meaning                                                                  | default            |
 * |----------------------|--------------------------------------------------------------------------|--------------------|
 * | `OWNER`              | who is doing the lab; part of every name, tag and state key              | none: it must be set |
 * | `HOME_CIDR`          | the addresses that may reach the load balancer, e.g. `203.0.113.7/32`    | none: it must be set |
 * | `NODEJS_APP_IMAGE`   | image of the Node.js app, `repository:tag` or `repository@digest`        | asked for on use   |
 * | `GOLANG_APP_IMAGE`   | image of the Go app                                                      | asked for on use   |
 * | `AWS_REGION`         | region to build in                                                       | `ap-northeast-1`   |
 * | `AVAILABILITY_ZONES` | two or more zones of that region, separated by commas                    | `<region>a,<region>c` |
 * | `AWS_ENDPOINT_URL`   | answers every AWS call instead of AWS (http or https URL)                | AWS itself         |
 *
 * cdktf's own `CDKTF_OUTDIR` (where to write) and `CDKTF_TARGET_STACK_ID` (one stack only) work as everywhere.
 */
export interface Settings {
  /** 1 to 16 lower-case letters, digits and single hyphens; starts with a letter. */
  readonly owner: string;
  readonly region: string;
  /** At least two; no readonly array, which cdktf's own properties would not take. */
  readonly availabilityZones: string[];
  /** IPv4 CIDR block, e.g. `203.0.113.7/32`. */
  readonly homeCidr: string;
  /** URL that every AWS call goes to; undefined means AWS itself. */
  readonly endpointUrl: string | undefined;
  /**
   * The image to run for an app.
   *
   * @throws {SettingsError} when its variable is not set: the image has to be pushed first.
   */
  image(app: AppName): string;
  /** `name` made this owner's: `named("nodejs-app")` is `nodejs-app-<owner>`. */
  named(name: string): string;
}

/** The apps of the workbook, by the name of their image repository without the owner. */
export type AppName = "nodejs-app" | "golang-app";

const IMAGE_VARIABLE: Readonly<Record<AppName, string>> = {
  "nodejs-app": "NODEJS_APP_IMAGE",
  "golang-app": "GOLANG_APP_IMAGE",
};

/** A setting is missing or malformed; the message names the variable and says what it should hold. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly variable: string;

  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
    this.variable = variable;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the settings.
 *
 * @param environment normally `process.env`
 * @throws {SettingsError} for the first variable that is missing or malformed
 */
export function readSettings(environment: Environment): Settings {
  const owner = readOwner(environment);
  const region = readRegion(environment);
  return {
    owner,
    region,
    availabilityZones: readZones(environment, region),
    homeCidr: readHomeCidr(environment),
    endpointUrl: readEndpointUrl(environment),
    image: (app) => readImage(environment, app),
    named: (name) => `${name}-${owner}`,
  };
}

/*
 * The longest name made from it is a load balancer's or target group's, at most 32 characters of letters, digits and
 * hyphens; ECR wants lower case.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
 */
const OWNER_PATTERN = /^[a-z](?:-?[a-z0-9])*$/;
const OWNER_MAX_LENGTH = 16;

function readOwner(environment: Environment): string {
  const owner = required(environment, "OWNER", "your name, e.g. OWNER=hanako");
  if (!OWNER_PATTERN.test(owner) || owner.length > OWNER_MAX_LENGTH) {
    throw new SettingsError(
      "OWNER",
      `is "${owner}", but it becomes part of AWS names: use 1 to ${OWNER_MAX_LENGTH} lower-case letters, digits and single hyphens, starting with a letter`,
    );
  }
  return owner;
}

function readRegion(environment: Environment): string {
  const region = environment["AWS_REGION"] || "ap-northeast-1";
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region)) {
    throw new SettingsError(
      "AWS_REGION",
      `is "${region}", which is not a region's name, e.g. ap-northeast-1`,
    );
  }
  return region;
}

function readZones(environment: Environment, region: string): string[] {
  const given = environment["AVAILABILITY_ZONES"];
  // Tokyo offers most accounts the zones a, c and d; a and c exist in nearly every region.
  if (!given) return [`${region}a`, `${region}c`];
  const zones = given.split(",").map((zone) => zone.trim());
  const foreign = zones.find(
    (zone) => !zone.startsWith(region) || !/^[a-z]$/.test(zone.slice(region.length)),
  );
  if (foreign !== undefined) {
    throw new SettingsError(
      "AVAILABILITY_ZONES",
      `names "${foreign}", which is not a zone of ${region}`,
    );
  }
  if (new Set(zones).size < 2) {
    throw new SettingsError(
      "AVAILABILITY_ZONES",
      `is "${given}", but a load balancer needs two different zones`,
    );
  }
  return [...new Set(zones)];
}

function readHomeCidr(environment: Environment): string {
  const cidr = required(
    environment,
    "HOME_CIDR",
    "the address that may reach the load balancer, e.g. 203.0.113.7/32",
  );
  const [address = "", prefix = "", ...rest] = cidr.split("/");
  const octets = address.split(".");
  const isAddress = octets.length === 4 && octets.every((octet) => isDecimal(octet, 255));
  if (!isAddress || !isDecimal(prefix, 32) || rest.length > 0) {
    throw new SettingsError(
      "HOME_CIDR",
      `is "${cidr}", which is not an IPv4 CIDR block, e.g. 203.0.113.7/32`,
    );
  }
  return cidr;
}

function readEndpointUrl(environment: Environment): string | undefined {
  const url = environment["AWS_ENDPOINT_URL"];
  if (!url) return undefined;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new SettingsError("AWS_ENDPOINT_URL", `is "${url}", which is not an http or https URL`);
  }
  return url;
}

function readImage(environment: Environment, app: AppName): string {
  const variable = IMAGE_VARIABLE[app];
  const image = required(
    environment,
    variable,
    `the image of ${app}, pushed before a stack can run it`,
  );
  if (/\s/.test(image) || !/[:@][^/]+$/.test(image)) {
    throw new SettingsError(
      variable,
      `is "${image}", which names no tag or digest, e.g. <repository>:<tag>`,
    );
  }
  return image;
}

function required(environment: Environment, variable: string, meaning: string): string {
  const value = environment[variable];
  if (!value) throw new SettingsError(variable, `is not set: it is ${meaning}`);
  return value;
}

function isDecimal(text: string, maximum: number): boolean {
  return /^(?:0|[1-9]\d*)$/.test(text) && Number(text) <= maximum;
}
