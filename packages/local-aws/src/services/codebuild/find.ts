import { ownName, type Place } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { buildMissing, projectMissing } from "./faults.ts";
import { builds, projects, type Project, type StoredBuild } from "./state.ts";

const arn = ({ account, region }: Place, resource: string) =>
  `arn:aws:codebuild:${region}:${account}:${resource}`;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodebuild.html */
export const projectArn = (place: Place, name: string) => arn(place, `project/${name}`);
export const buildArn = (place: Place, id: string) => arn(place, `build/${id}`);
export const credentialArn = (place: Place, serverType: string) =>
  arn(place, `token/${serverType.toLowerCase().replaceAll("_", "-")}`);

/** A project's name, of its name or its ARN. */
export const projectNameOf = (place: Place, nameOrArn: string) =>
  ownName(nameOrArn, "codebuild", "project/", place);

/** A project's ARN, of its name or its ARN: another's too. */
export const projectArnOf = (place: Place, nameOrArn: string) =>
  nameOrArn.startsWith("arn:") ? nameOrArn : projectArn(place, nameOrArn);

/** A build's id, of its id or its ARN. */
export const buildIdOf = (place: Place, idOrArn: string) =>
  ownName(idOrArn, "codebuild", "build/", place);

/** A place in S3, `bucket/key`, of itself or its ARN. */
export const placeInS3 = (placeOrArn: string) => placeOrArn.replace(/^arn:aws:s3:::/, "");

/** @throws AwsError `ResourceNotFoundException` */
export function needProject(scope: Scope, nameOrArn: string): Readonly<Project> {
  const found = scope.of(projects).get(projectNameOf(scope, nameOrArn));
  if (!found) throw projectMissing(projectArnOf(scope, nameOrArn));
  return found;
}

/** @throws AwsError `ResourceNotFoundException` */
export function needBuild(scope: Scope, idOrArn: string): Readonly<StoredBuild> {
  const id = buildIdOf(scope, idOrArn);
  const found = scope.of(builds).get(id);
  if (!found) throw buildMissing(id);
  return found;
}

/** The uuid in a build's id. */
export const uuidOf = ({ id }: Pick<StoredBuild, "id">) => id.slice(id.lastIndexOf(":") + 1);
