import type { ContainerDefinition, TaskDefinition } from "@aws-sdk/client-ecs";

import { fitsTag, lineTag } from "../../line-tags.ts";
import type { Deployed } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import { ownFile, routerOf } from "../read/read-routers.ts";
import { shortOf, type Subject } from "../subject.ts";

/** Routers that take nothing any more, and sections of their configuration that take nothing ever. */
export function logRouters(deployed: Deployed, subject: Subject): Cause[] {
  const router = routerOf(subject.definition);
  if (router === undefined) return [];
  return [...stoppedRouter(subject, router), ...unmatched(deployed, subject, router)];
}

const isRouted = ({ logConfiguration }: ContainerDefinition) =>
  logConfiguration?.logDriver === "awsfirelens";

const routed = ({ containerDefinitions = [] }: TaskDefinition): string[] =>
  containerDefinitions.filter(isRouted).map(({ name = "" }) => name);

/** One that is essential takes its task with it; without one that is not, the task runs on. */
function stoppedRouter({ name, running, definition }: Subject, router: ContainerDefinition) {
  for (const { taskArn, lastStatus, containers = [] } of running) {
    const stopped = containers.find((it) => it.name === router.name && it.lastStatus === "STOPPED");
    if (lastStatus !== "RUNNING" || stopped === undefined) continue;
    const others = routed(definition);
    const cause: Cause = {
      id: "log-router-stopped",
      subject: name,
      cause: [
        `The log router ${router.name} of ${name} has ended, and its task runs on, since it is not essential: what ${others.join(" and ")} writes comes to nobody.`,
        `${name} のログルーター ${router.name} は終了しましたが、essential ではないため、タスクは動き続けています。${others.join("、")} のログは誰にも届きません。`,
      ],
      evidence: [
        {
          call: `ecs describe-tasks --tasks ${shortOf(taskArn)}`,
          value: `lastStatus RUNNING; ${router.name} lastStatus STOPPED, exitCode ${stopped.exitCode}`,
        },
        {
          call: "ecs describe-task-definition",
          value: `${router.name} essential ${router.essential}; ${others.join(", ")} logDriver=awsfirelens`,
        },
      ],
    };
    return [cause];
  }
  return [];
}

/** A section of a Fluent Bit configuration in its classic form, its properties' names in lower case; one may stand several times. */
interface Section {
  readonly kind: string;
  readonly properties: [name: string, value: string][];
}

const allOf = ({ properties }: Section, name: string): string[] =>
  properties.filter(([own]) => own === name).map(([, value]) => value);

const pluginOf = (section: Section) => allOf(section, "name")[0]?.toLowerCase() ?? "";

/** A router's own configuration, and where the API has it. */
interface Told {
  readonly sections: readonly Section[];
  readonly call: string;
}

/** A filter or an output whose `Match` fits no tag that there is: what it is to do is never done. */
function unmatched(
  { routerFiles }: Deployed,
  { name, definition }: Subject,
  router: ContainerDefinition,
): Cause[] {
  if (router.firelensConfiguration?.type !== "fluentbit") return [];
  const told = toldTo(definition, router, routerFiles);
  const tags = told && tagsOf(definition, told.sections);
  if (told === undefined || tags === undefined) return [];
  for (const section of told.sections) {
    const { kind } = section;
    const [match] = allOf(section, "match");
    if (!["filter", "output"].includes(kind) || match === undefined || hasVariable(match)) continue;
    if (tags.some((tag) => fitsTag(match, tag))) continue;
    const plugin = `${kind} ${pluginOf(section)}`.trim();
    const known = routed(definition).map((container) => `${container}-firelens-…`);
    return [
      {
        id: "log-router-match",
        subject: name,
        cause: [
          `The ${plugin} of ${name}'s log router ${router.name} takes no line: its Match is ${match}, and lines have the tags ${known.join(", ")}.`,
          `${name} のログルーター ${router.name} の ${plugin} には、1 行も届きません。Match は ${match} ですが、ログのタグは ${known.join("、")} です。`,
        ],
        evidence: [{ call: told.call, value: `[${kind.toUpperCase()}] Match ${match}` }],
      },
    ];
  }
  return [];
}

/** Its value stands in the router's environment, of which the API knows but a part. */
const hasVariable = (text: string) => text.includes("${");

/** In S3, or in what a container of the task writes into a file; what an image has in it, the API does not say, nor what a file includes. */
function toldTo(
  { containerDefinitions = [] }: TaskDefinition,
  router: ContainerDefinition,
  files: Deployed["routerFiles"],
): Told | undefined {
  const file = ownFile(router);
  if (file === undefined) return undefined;
  const isObject = file.type === "s3";
  const texts = isObject
    ? [files.get(file.at) ?? ""]
    : containerDefinitions.flatMap(({ environment = [], command = [] }) => [
        ...environment.map(({ value = "" }) => value),
        ...command,
      ]);
  if (texts.some((text) => /^\s*@include\s/im.test(text))) return undefined;
  const call = isObject ? `s3 get-object ${file.at}` : "ecs describe-task-definition";
  return { sections: texts.flatMap(sectionsOf), call };
}

/** https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/classic-mode/format-schema */
function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    const [, kind] = /^\[(\w+)\]$/.exec(line) ?? [];
    if (kind !== undefined) sections.push({ kind: kind.toLowerCase(), properties: [] });
    const [, key, value] = /^([^\s#]\S*)\s+(.+)$/.exec(line) ?? [];
    if (key !== undefined) sections.at(-1)?.properties.push([key.toLowerCase(), value!]);
  }
  return sections;
}

/** ECS's own, of its health check. */
const HEALTH = "firelens-healthcheck";

/** All tags that lines may have; undefined where that is not known before they come. */
function tagsOf(definition: TaskDefinition, sections: readonly Section[]): string[] | undefined {
  const tags = routed(definition).map(lineTag);
  for (const section of sections) {
    const plugin = pluginOf(section);
    if (section.kind === "input") tags.push(allOf(section, "tag")[0] ?? `${plugin}.0`);
    if (section.kind === "filter" && plugin === "rewrite_tag")
      // A rule is `key pattern tag keep`, of which each may stand in double quotation marks, and what follows is not read.
      tags.push(
        ...allOf(section, "rule").map((rule) => {
          const [, , tag] = rule.matchAll(/"((?:\\"|[^"])*)(?:"|$)|([^ ]+)/g);
          return tag?.[1]?.replaceAll('\\"', '"') ?? tag?.[2] ?? "";
        }),
      );
  }
  return tags.some((tag) => tag.includes("$")) ? undefined : [...tags, HEALTH];
}
