import type {
  LaunchTemplateSpecification,
  LaunchTemplateVersion as ApiVersion,
  RequestLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../protocol/aws-error.ts";
import type { Scope } from "../../../store/store.ts";
import { invalidCombination, invalidParameterValue } from "../faults.ts";
import type { Tags } from "../state.ts";
import type { LaunchData } from "./launch-data.ts";
import { launchTemplates, type LaunchTemplate, type TemplateVersion } from "./template-state.ts";

/** Names a template. */
export type TemplateReference = Pick<
  LaunchTemplateSpecification,
  "LaunchTemplateId" | "LaunchTemplateName"
>;

/** Finds a template by its id or its name. @throws AwsError in EC2's words */
export function requireTemplate(scope: Scope, reference: TemplateReference): LaunchTemplate {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = reference;
  if (id && name)
    throw invalidCombination(
      "The request must include either a launch template name or a launch template ID, and not both.",
    );
  if (id) {
    const byId = scope.of(launchTemplates).get(id);
    if (byId) return byId;
    throw new AwsError(
      "InvalidLaunchTemplateId.NotFound",
      `The specified launch template, with template ID ${id}, does not exist.`,
    );
  }
  const found = scope.of(launchTemplates).find((it) => it.name === name);
  if (found) return found;
  throw new AwsError(
    "InvalidLaunchTemplateName.NotFoundException",
    `The specified launch template, with template name ${name ?? ""}, does not exist.`,
  );
}

/** The version that a text names: a number, `$Latest` or `$Default`. @throws AwsError */
export function requireVersion(template: LaunchTemplate, text = "$Default"): TemplateVersion {
  const number =
    text === "$Latest" || text === "Latest"
      ? template.versions.at(-1)!.number
      : text === "$Default" || text === "Default" || text === ""
        ? template.defaultVersion
        : Number(text);
  const version = template.versions.find((it) => it.number === number);
  if (version) return version;
  throw new AwsError(
    "InvalidLaunchTemplateId.VersionNotFound",
    `Could not find the specified version ${text} for the launch template with ID ${template.templateId}.`,
  );
}

/** What a launch takes from a template, and the tags by which an instance tells so. */
export function templateData(
  scope: Scope,
  { Version, ...reference }: LaunchTemplateSpecification,
): { data: LaunchData; tags: Tags; template: LaunchTemplate; version: TemplateVersion } {
  const template = requireTemplate(scope, reference);
  const version = requireVersion(template, Version);
  return {
    template,
    version,
    data: version.data as LaunchData,
    tags: {
      "aws:ec2launchtemplate:id": template.templateId,
      "aws:ec2launchtemplate:version": String(version.number),
    },
  };
}

/** A version as EC2 shows it. */
export function toApiVersion(
  { templateId, name, defaultVersion }: LaunchTemplate,
  { number, description, createdAt, createdBy, data }: TemplateVersion,
): ApiVersion {
  return {
    LaunchTemplateId: templateId,
    LaunchTemplateName: name,
    VersionNumber: number,
    VersionDescription: description,
    CreateTime: new Date(createdAt),
    CreatedBy: createdBy,
    DefaultVersion: number === defaultVersion,
    LaunchTemplateData: data as ApiVersion["LaunchTemplateData"],
  };
}

/** @throws AwsError where data say nothing at all */
export function checkData(data: RequestLaunchTemplateData | undefined): RequestLaunchTemplateData {
  if (!data || Object.keys(data).length === 0)
    throw invalidParameterValue("The launch template data may not be empty.");
  return data;
}
