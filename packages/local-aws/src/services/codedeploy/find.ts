import type { Scope } from "../../store/store.ts";
import { applicationMissing, deploymentMissing, groupMissing } from "./faults.ts";
import {
  applications,
  deploymentGroups,
  deployments,
  type Application,
  type DeploymentGroup,
  type StoredDeployment,
} from "./state.ts";

interface Place {
  readonly account: string;
  readonly region: string;
}

const arn = ({ account, region }: Place, resource: string) =>
  `arn:aws:codedeploy:${region}:${account}:${resource}`;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodedeploy.html */
export const applicationArn = (place: Place, name: string) => arn(place, `application:${name}`);
export const groupArn = (place: Place, application: string, name: string) =>
  arn(place, `deploymentgroup:${application}/${name}`);
export const configArn = (place: Place, name: string) => arn(place, `deploymentconfig:${name}`);

/** How a group is called in its collection. */
export const groupKey = (application: string, name: string) => `${application}/${name}`;

/** @throws AwsError `ApplicationDoesNotExistException` */
export function needApplication(scope: Scope, name: string): Readonly<Application> {
  const found = scope.of(applications).get(name);
  if (!found) throw applicationMissing(name);
  return found;
}

/** @throws AwsError `ApplicationDoesNotExistException`, `DeploymentGroupDoesNotExistException` */
export function needGroup(
  scope: Scope,
  application: string,
  name: string,
): Readonly<DeploymentGroup> {
  needApplication(scope, application);
  const found = scope.of(deploymentGroups).get(groupKey(application, name));
  if (!found) throw groupMissing(name);
  return found;
}

/** @throws AwsError `DeploymentDoesNotExistException` */
export function needDeployment(scope: Scope, id: string): Readonly<StoredDeployment> {
  const found = scope.of(deployments).get(id);
  if (!found) throw deploymentMissing(id);
  return found;
}

/** The groups of an application. */
export const groupsOf = (scope: Scope, application: string) =>
  scope.of(deploymentGroups).filter(({ applicationName }) => applicationName === application);

/** The deployments of a group, the oldest first. */
export const deploymentsOf = (scope: Scope, { id }: Pick<DeploymentGroup, "id">) =>
  scope
    .of(deployments)
    .filter(({ groupId }) => groupId === id)
    .toSorted((a, b) => a.createdAt - b.createdAt);
