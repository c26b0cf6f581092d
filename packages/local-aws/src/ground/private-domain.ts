/** The domain of private DNS names in a region. https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
export function privateDomain(region: string): string {
  return region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
}
