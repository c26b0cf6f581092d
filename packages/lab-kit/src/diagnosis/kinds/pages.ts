/** A page of the ECS developer guide, in both languages. */
export const ecsPage = (name: string): readonly [string, string] =>
  page("AmazonECS/latest/developerguide", name);

/** A page of the guide to Application Load Balancers, in both languages. */
export const elbPage = (name: string): readonly [string, string] =>
  page("elasticloadbalancing/latest/application", name);

/** A page of the VPC user guide, in both languages. */
export const vpcPage = (name: string): readonly [string, string] =>
  page("vpc/latest/userguide", name);

/** A page of AWS's, in both languages. */
export function page(guide: string, name: string): readonly [string, string] {
  const path = `${guide}/${name}.html`;
  return [`https://docs.aws.amazon.com/${path}`, `https://docs.aws.amazon.com/ja_jp/${path}`];
}
