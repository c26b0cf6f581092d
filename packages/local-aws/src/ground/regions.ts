/** An availability zone: its name in the account, and the id that names the same place in every account. */
export interface Zone {
  readonly name: string;
  readonly id: string;
}

/**
 * Regions with the short name that zone ids begin with, and their zones as letter and number: `a4` is zone `a` with the id
 * `…-az4`. AWS shuffles letters per account; here they are the same in all.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */
const REGIONS: Readonly<Record<string, readonly [short: string, zones: string]>> = {
  "af-south-1": ["afs1", "a1 b2 c3"],
  "ap-east-1": ["ape1", "a1 b2 c3"],
  "ap-east-2": ["ape2", "a1 b2 c3"],
  "ap-northeast-1": ["apne1", "a4 c1 d2"],
  "ap-northeast-2": ["apne2", "a1 b2 c3 d4"],
  "ap-northeast-3": ["apne3", "a3 b1 c2"],
  "ap-south-1": ["aps1", "a1 b3 c2"],
  "ap-south-2": ["aps2", "a1 b2 c3"],
  "ap-southeast-1": ["apse1", "a1 b2 c3"],
  "ap-southeast-2": ["apse2", "a1 b3 c2"],
  "ap-southeast-3": ["apse3", "a1 b2 c3"],
  "ap-southeast-4": ["apse4", "a1 b2 c3"],
  "ap-southeast-5": ["apse5", "a1 b2 c3"],
  "ap-southeast-6": ["apse6", "a1 b2 c3"],
  "ap-southeast-7": ["apse7", "a1 b2 c3"],
  "ca-central-1": ["cac1", "a1 b2 d4"],
  "ca-west-1": ["caw1", "a1 b2 c3"],
  "eu-central-1": ["euc1", "a2 b3 c1"],
  "eu-central-2": ["euc2", "a1 b2 c3"],
  "eu-north-1": ["eun1", "a1 b2 c3"],
  "eu-south-1": ["eus1", "a1 b2 c3"],
  "eu-south-2": ["eus2", "a1 b2 c3"],
  "eu-west-1": ["euw1", "a1 b2 c3"],
  "eu-west-2": ["euw2", "a2 b3 c1"],
  "eu-west-3": ["euw3", "a1 b2 c3"],
  "il-central-1": ["ilc1", "a1 b2 c3"],
  "me-central-1": ["mec1", "a1 b2 c3"],
  "me-south-1": ["mes1", "a1 b2 c3"],
  "mx-central-1": ["mxc1", "a1 b2 c3"],
  "sa-east-1": ["sae1", "a1 b2 c3"],
  "us-east-1": ["use1", "a6 b1 c2 d4 e3 f5"],
  "us-east-2": ["use2", "a1 b2 c3"],
  "us-west-1": ["usw1", "a3 b1"],
  "us-west-2": ["usw2", "a2 b1 c3 d4"],
};

/** Regions that an account must opt in to. Here every account has. */
const OPT_IN = new Set([
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-south-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ca-west-1",
  "eu-central-2",
  "eu-south-1",
  "eu-south-2",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
]);

export const REGION_NAMES: readonly string[] = Object.keys(REGIONS);

export function optInStatus(region: string): "opt-in-not-required" | "opted-in" {
  return OPT_IN.has(region) ? "opted-in" : "opt-in-not-required";
}

/** `apse5` of `ap-southeast-5`, `usgw1` of `us-gov-west-1`: directions by their letters. */
function shortName(region: string): string {
  const [area = "", ...rest] = region.split("-");
  const letters = rest.map((part) =>
    /^\d+$/.test(part) ? part : (DIRECTIONS[part] ?? part.charAt(0)),
  );
  return area + letters.join("");
}

const DIRECTIONS: Readonly<Record<string, string>> = {
  northeast: "ne",
  northwest: "nw",
  southeast: "se",
  southwest: "sw",
};

/** The zones of a region. One that this table does not know has three, `a` to `c`, as most regions do. */
export function zonesOf(region: string): readonly Zone[] {
  const [short, zones] = REGIONS[region] ?? [shortName(region), "a1 b2 c3"];
  return zones.split(" ").map((zone) => ({
    name: `${region}${zone.charAt(0)}`,
    id: `${short}-az${zone.slice(1)}`,
  }));
}

/**
 * Regions as services speak of them to people, in messages such as those of alarms: several keep the names that they were
 * opened with. https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
const TITLES: Readonly<Record<string, string>> = {
  "af-south-1": "Africa (Cape Town)",
  "ap-east-1": "Asia Pacific (Hong Kong)",
  "ap-east-2": "Asia Pacific (Taipei)",
  "ap-northeast-1": "Asia Pacific (Tokyo)",
  "ap-northeast-2": "Asia Pacific (Seoul)",
  "ap-northeast-3": "Asia Pacific (Osaka)",
  "ap-south-1": "Asia Pacific (Mumbai)",
  "ap-south-2": "Asia Pacific (Hyderabad)",
  "ap-southeast-1": "Asia Pacific (Singapore)",
  "ap-southeast-2": "Asia Pacific (Sydney)",
  "ap-southeast-3": "Asia Pacific (Jakarta)",
  "ap-southeast-4": "Asia Pacific (Melbourne)",
  "ap-southeast-5": "Asia Pacific (Malaysia)",
  "ap-southeast-6": "Asia Pacific (New Zealand)",
  "ap-southeast-7": "Asia Pacific (Thailand)",
  "ca-central-1": "Canada (Central)",
  "ca-west-1": "Canada West (Calgary)",
  "eu-central-1": "EU (Frankfurt)",
  "eu-central-2": "Europe (Zurich)",
  "eu-north-1": "EU (Stockholm)",
  "eu-south-1": "EU (Milan)",
  "eu-south-2": "Europe (Spain)",
  "eu-west-1": "EU (Ireland)",
  "eu-west-2": "EU (London)",
  "eu-west-3": "EU (Paris)",
  "il-central-1": "Israel (Tel Aviv)",
  "me-central-1": "Middle East (UAE)",
  "me-south-1": "Middle East (Bahrain)",
  "mx-central-1": "Mexico (Central)",
  "sa-east-1": "South America (Sao Paulo)",
  "us-east-1": "US East (N. Virginia)",
  "us-east-2": "US East (Ohio)",
  "us-west-1": "US West (N. California)",
  "us-west-2": "US West (Oregon)",
};

/** `Asia Pacific (Tokyo)`; a region that this table does not know is called by its code. */
export const regionTitle = (region: string): string => TITLES[region] ?? region;
