import { RECIPES } from "@workbook/stand-in-images/recipes";
import { list, type Words } from "@workbook/toolchain";
import { reachRegistry, standInFor, type Reach } from "../cloud/public-images.ts";
import { nextStep } from "../output/next.ts";
import { style } from "../output/style.ts";
import type { Session } from "../session.ts";

/** `stand-in IMAGE`: makes an image that stands in for a public one; without one, says for which it can. */
export async function standInCommand(session: Session, given: string | undefined): Promise<number> {
  if (given === undefined) return listRecipes(session);
  const [made] = await standInFor(session.workspace, [fullName(given)], undefined, session.signal);
  const done: Words = [
    `${made!.version} stands in for these where their registry cannot be reached:`,
    `次のイメージのレジストリに接続できないとき、代わりに ${made!.version} を使います:`,
  ];
  const { repositories = [], tags = [] } = RECIPES.find(({ name }) => name === made!.name) ?? {};
  const lines = repositories.map((repository) => `  ${repository}  (${tags.join(", ")})`);
  session.result(made, list([done, ...lines, "", nextStep("./workbook deploy")], "\n"));
  return 0;
}

async function listRecipes(session: Session): Promise<number> {
  const { workspace } = session;
  const images = RECIPES.map(({ name, repositories, tags }) => ({ name, repositories, tags }));
  const names = [...new Set(images.flatMap((each) => each.repositories.map(registryOf)))];
  const registries = await Promise.all(names.map((name) => reachRegistry(workspace, name)));
  const head: Words = [
    "Images that can be made here, of Debian's packages, and what they stand in for where the registry cannot be reached:",
    "Debian のパッケージからここで作れるイメージと、その代わりになるイメージ (レジストリに接続できないときに使います):",
  ];
  const lines = images.map(
    ({ name, repositories, tags }) =>
      `  ${style.name(name)}  ${repositories.join(", ")}  (${tags.join(", ")})`,
  );
  const next = nextStep(`./workbook stand-in ${images[0]!.repositories[0]}:${images[0]!.tags[0]}`);
  const reach = registries.map(describeReach);
  session.result({ images, registries }, list([head, ...lines, "", ...reach, "", next], "\n"));
  return 0;
}

const registryOf = (image: string) => image.slice(0, image.indexOf("/"));

function describeReach({ name, by, why }: Reach): Words {
  return by === undefined
    ? [`${name} cannot be reached from here: ${why}`, `${name} にはここから接続できません: ${why}`]
    : [`${name} answers: ${by}`, `${name} は応答します: ${by}`];
}

/** `nginx` is `docker.io/library/nginx:latest`, as everywhere else. */
function fullName(given: string): string {
  const first = given.split("/")[0]!;
  const hasRegistry = given.includes("/") && /[.:]|^localhost$/.test(first);
  const path = hasRegistry || given.includes("/") ? given : `library/${given}`;
  const name = hasRegistry ? path : `docker.io/${path}`;
  return /:[^/]+$/.test(name) ? name : `${name}:latest`;
}
