import type { PushedImage } from "../synth.ts";
import type { SynthReader, SynthResource } from "../synth-reader.ts";

/** What starts tasks, and so wants its images to be there. */
const RUNS_TASKS = new Set(["aws_ecs_task_definition", "aws_ecs_service", "aws_ecs_task_set"]);
/** What is looked up elsewhere in the stack: it could be anything. */
const INDIRECT = /\b(?:local|module)\./;

/**
 * The part of a stack that can be made before an image is there: what names none, starts no task, and needs
 * nothing that does. The load balancer is in it, for which Terraform waits a minute.
 *
 * @param reader the stacks, synthesised with names that nothing else has
 * @param stack the id of the one that is asked about
 * @param images those names
 * @returns the addresses for `terraform apply -target`: https://developer.hashicorp.com/terraform/cli/commands/plan#resource-targeting
 */
export function groundworkOf(
  reader: SynthReader,
  stack: string,
  images: readonly PushedImage[],
): readonly string[] {
  const all = reader.resources.filter((each) => each.stack === stack && each.kind !== "output");
  const waiting = new Set(all.filter((each) => waitsForImages(each, images)));
  for (let before = -1; before < waiting.size;) {
    before = waiting.size;
    for (const each of all)
      if (needs(reader, each).some((one) => waiting.has(one))) waiting.add(each);
  }
  return all
    .filter((each) => each.kind === "resource" && !waiting.has(each))
    .map(({ address }) => address);
}

function waitsForImages(
  { type, attributes }: SynthResource,
  images: readonly PushedImage[],
): boolean {
  if (RUNS_TASKS.has(type)) return true;
  const text = JSON.stringify(attributes);
  return INDIRECT.test(text) || images.some(({ image }) => text.includes(image));
}

/** What a resource refers to, and what it depends on without referring to it. */
function needs(reader: SynthReader, resource: SynthResource): readonly SynthResource[] {
  const { depends_on: named = [] } = resource.attributes as { depends_on?: readonly string[] };
  const references = named.map((address) => `\${${address}}`);
  return reader.referredToBy(resource, [resource.attributes, references]);
}
