/** What an instance type has. https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html */
export interface InstanceType {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** The most network interfaces, and addresses of each. https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html#gp_network */
  readonly interfaces: number;
  readonly addresses: number;
  readonly architecture: "x86_64" | "arm64";
  readonly isBurstable: boolean;
  readonly isCurrent: boolean;
}

type Row = readonly [size: string, vcpus: number, memoryGiB: number, nics: number, ips: number];

const BURSTABLE: readonly Row[] = [
  ["nano", 2, 0.5, 2, 2],
  ["micro", 2, 1, 2, 2],
  ["small", 2, 2, 3, 4],
  ["medium", 2, 4, 3, 6],
  ["large", 2, 8, 3, 12],
  ["xlarge", 4, 16, 4, 15],
  ["2xlarge", 8, 32, 4, 15],
];
const T2: readonly Row[] = [
  ["nano", 1, 0.5, 2, 2],
  ["micro", 1, 1, 2, 2],
  ["small", 1, 2, 3, 4],
  ["medium", 2, 4, 3, 6],
  ["large", 2, 8, 3, 12],
  ["xlarge", 4, 16, 3, 15],
  ["2xlarge", 8, 32, 3, 15],
];
const M: readonly Row[] = [
  ["large", 2, 8, 3, 10],
  ["xlarge", 4, 16, 4, 15],
  ["2xlarge", 8, 32, 4, 15],
  ["4xlarge", 16, 64, 8, 30],
];
const C: readonly Row[] = [
  ["large", 2, 4, 3, 10],
  ["xlarge", 4, 8, 4, 15],
  ["2xlarge", 8, 16, 4, 15],
  ["4xlarge", 16, 32, 8, 30],
];
const R: readonly Row[] = [
  ["large", 2, 16, 3, 10],
  ["xlarge", 4, 32, 4, 15],
  ["2xlarge", 8, 64, 4, 15],
  ["4xlarge", 16, 128, 8, 30],
];
const FAMILIES: Readonly<Record<string, readonly Row[]>> = {
  t2: T2,
  t3: BURSTABLE,
  t3a: BURSTABLE,
  t4g: BURSTABLE,
  m5: M,
  m6i: M,
  m6g: M,
  m7i: M,
  m7g: M,
  c5: C,
  c6i: C,
  c6g: C,
  c7i: C,
  c7g: C,
  r5: R,
  r6i: R,
  r6g: R,
};

const toType = (family: string, [size, vcpus, gib, interfaces, addresses]: Row): InstanceType => ({
  name: `${family}.${size}`,
  vcpus,
  memoryMiB: gib * 1024,
  interfaces,
  addresses,
  architecture: /\dg$/.test(family) ? "arm64" : "x86_64",
  isBurstable: family.startsWith("t"),
  isCurrent: family !== "t2",
});

/** The instance types that Local AWS knows, by name. */
export const INSTANCE_TYPES: ReadonlyMap<string, InstanceType> = new Map(
  Object.entries(FAMILIES)
    .flatMap(([family, rows]) => rows.map((row) => toType(family, row)))
    .map((type) => [type.name, type]),
);
