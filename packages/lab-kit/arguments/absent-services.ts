import type { Words } from "@workbook/toolchain";

/** Services that arguments of several resources speak of, and that are not there. */
export const NO_OUTPOSTS: Words = ["AWS Outposts is not there.", "AWS Outposts はありません。"];
export const NO_IPAM: Words = [
  "IP Address Manager is not there.",
  "IP Address Manager (IPAM) はありません。",
];
export const NO_LATTICE: Words = ["VPC Lattice is not there.", "VPC Lattice はありません。"];
