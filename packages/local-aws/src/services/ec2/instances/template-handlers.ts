import type { LaunchTemplate as ApiTemplate } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../protocol/aws-error.ts";
import { paginate } from "../describe.ts";
import { type FilterTable, toFilterTest } from "../filters.ts";
import type { Ec2Handlers } from "../handlers.ts";
import { newId } from "../ids.ts";
import { tagsFromSpecifications, toTagList } from "../tags.ts";
import { laidOver, type LaunchData } from "./launch-data.ts";
import { checkData, requireTemplate, requireVersion, toApiVersion } from "./launch-templates.ts";
import { launchTemplates, type LaunchTemplate } from "./template-state.ts";

function toApiTemplate(template: LaunchTemplate): ApiTemplate {
  return {
    LaunchTemplateId: template.templateId,
    LaunchTemplateName: template.name,
    CreateTime: new Date(template.createdAt),
    CreatedBy: template.createdBy,
    DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: template.versions.at(-1)!.number,
    Tags: toTagList(template.tags),
  };
}

const filters: FilterTable<LaunchTemplate> = {
  "create-time": ({ createdAt }) => new Date(createdAt).toISOString(),
  "launch-template-name": ({ name }) => name,
};

/** Launch templates. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-launch-templates.html */
export const templateHandlers = {
  CreateLaunchTemplate(input, { store, clock, principal }) {
    const name = input.LaunchTemplateName;
    if (store.of(launchTemplates).find((it) => it.name === name))
      throw new AwsError(
        "InvalidLaunchTemplateName.AlreadyExistsException",
        "Launch template name already in use.",
      );
    const now = clock.now();
    const data = checkData(input.LaunchTemplateData);
    const templateId = newId("lt");
    const template = store.of(launchTemplates).put(templateId, {
      templateId,
      name,
      defaultVersion: 1,
      versions: [
        {
          number: 1,
          ...(input.VersionDescription && { description: input.VersionDescription }),
          data,
          createdAt: now,
          createdBy: principal.arn,
        },
      ],
      createdAt: now,
      createdBy: principal.arn,
      tags: tagsFromSpecifications(input.TagSpecifications, "launch-template"),
    });
    return { LaunchTemplate: toApiTemplate(template) };
  },

  CreateLaunchTemplateVersion(input, { store, clock, principal }) {
    const template = requireTemplate(store, input);
    const base = input.SourceVersion
      ? requireVersion(template, input.SourceVersion).data
      : undefined;
    const own = checkData(input.LaunchTemplateData);
    const version = {
      number: template.versions.at(-1)!.number + 1,
      ...(input.VersionDescription && { description: input.VersionDescription }),
      data: base ? (laidOver(own as LaunchData, base) as typeof own) : own,
      createdAt: clock.now(),
      createdBy: principal.arn,
    };
    const after = store
      .of(launchTemplates)
      .patch(template.templateId, { versions: [...template.versions, version] });
    return { LaunchTemplateVersion: toApiVersion(after, version) };
  },

  ModifyLaunchTemplate(input, { store }) {
    const template = requireTemplate(store, input);
    const { number } = requireVersion(template, input.DefaultVersion);
    const after = store.of(launchTemplates).patch(template.templateId, { defaultVersion: number });
    return { LaunchTemplate: toApiTemplate(after) };
  },

  DescribeLaunchTemplates(input, { store }) {
    const { LaunchTemplateIds: ids = [], LaunchTemplateNames: names = [] } = input;
    const matches = toFilterTest(input.Filters, filters, store, ({ tags }) => tags);
    const wanted =
      ids.length + names.length === 0
        ? store.of(launchTemplates).values()
        : [
            ...ids.map((LaunchTemplateId) => requireTemplate(store, { LaunchTemplateId })),
            ...names.map((LaunchTemplateName) => requireTemplate(store, { LaunchTemplateName })),
          ];
    const { items, NextToken } = paginate(
      wanted.filter(matches),
      input,
      "launch-template",
      ({ templateId }) => templateId,
    );
    return { LaunchTemplates: items.map(toApiTemplate), NextToken };
  },

  DescribeLaunchTemplateVersions(input, { store }) {
    const { Versions = [], MinVersion, MaxVersion } = input;
    const all =
      input.LaunchTemplateId || input.LaunchTemplateName
        ? [requireTemplate(store, input)]
        : store.of(launchTemplates).values();
    const isWithin = (number: number) =>
      number >= Number(MinVersion ?? 1) && number <= Number(MaxVersion ?? number);
    const found = all.flatMap((template) => {
      const versions =
        Versions.length > 0
          ? Versions.map((text) => requireVersion(template, text))
          : template.versions.filter(({ number }) => isWithin(number));
      return versions.map((version) => toApiVersion(template, version));
    });
    const { items, NextToken } = paginate(
      found,
      input,
      "launch-template-version",
      (it) => `${it.LaunchTemplateId} ${String(it.VersionNumber).padStart(8, "0")}`,
    );
    return { LaunchTemplateVersions: [...items], NextToken };
  },

  DeleteLaunchTemplate(input, { store }) {
    const template = requireTemplate(store, input);
    store.of(launchTemplates).delete(template.templateId);
    return { LaunchTemplate: toApiTemplate(template) };
  },
} satisfies Ec2Handlers;
