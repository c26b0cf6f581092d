import { posix } from "node:path";

/** A command of Docker's that builds have. */
export type DockerCommand =
  | {
      readonly kind: "build";
      readonly context: string;
      readonly dockerfile?: string;
      readonly tags: readonly string[];
      readonly target?: string;
      readonly buildArgs: Readonly<Record<string, string>>;
      readonly noCache: boolean;
      readonly pull: boolean;
      readonly quiet: boolean;
    }
  | {
      readonly kind: "login";
      readonly registry: string;
      readonly user: string;
      readonly password?: string;
    }
  | { readonly kind: "logout"; readonly registry: string }
  | { readonly kind: "tag"; readonly source: string; readonly target: string }
  | { readonly kind: "push"; readonly image: string; readonly all: boolean }
  | { readonly kind: "pull"; readonly image: string }
  | { readonly kind: "images"; readonly quiet: boolean }
  | { readonly kind: "rmi"; readonly images: readonly string[] }
  | { readonly kind: "version" | "info" };

/** What was typed is no command of Docker's, or one that is not here. */
export class DockerUsage extends Error {}

/** Options by their long names; a value is read for those that take one. */
interface Options {
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly rest: readonly string[];
}

type Table = Readonly<Record<string, "value" | "flag">>;

const SHORT: Readonly<Record<string, string>> = {
  t: "tag",
  f: "file",
  q: "quiet",
  u: "username",
  p: "password",
  a: "all-tags",
};

const BUILD: Table = {
  tag: "value",
  file: "value",
  target: "value",
  "build-arg": "value",
  progress: "value",
  quiet: "flag",
  "no-cache": "flag",
  pull: "flag",
  rm: "flag",
  "force-rm": "flag",
};

/** https://docs.docker.com/reference/cli/docker/ @throws DockerUsage */
export function readDocker(words: readonly string[], folder: string): DockerCommand {
  const [command = "", ...args] = words[0] === "image" ? words.slice(1) : words;
  switch (command) {
    case "build":
      return readBuild(args, folder);
    case "login":
      return readLogin(args);
    case "logout":
      return { kind: "logout", registry: args[0] ?? DEFAULT_REGISTRY };
    case "tag": {
      const [source, target] = args;
      if (source === undefined || target === undefined || args.length > 2)
        throw new DockerUsage('"docker tag" requires exactly 2 arguments.');
      return { kind: "tag", source, target };
    }
    case "push": {
      const { values, rest } = options(args, { "all-tags": "flag", quiet: "flag" });
      return { kind: "push", image: only(rest, "push"), all: "all-tags" in values };
    }
    case "pull": {
      const { rest } = options(args, { quiet: "flag" });
      return { kind: "pull", image: only(rest, "pull") };
    }
    case "images":
    case "ls":
      return { kind: "images", quiet: "quiet" in options(args, { quiet: "flag" }).values };
    case "rmi":
    case "rm":
      return { kind: "rmi", images: options(args, { force: "flag" }).rest };
    case "version":
    case "--version":
    case "-v":
      return { kind: "version" };
    case "info":
      return { kind: "info" };
    default:
      throw new DockerUsage(
        `Local AWS does not support docker ${command}: builds have build, images, info, login, logout, pull, push, rmi, tag and version`,
      );
  }
}

const DEFAULT_REGISTRY = "https://index.docker.io/v1/";

function only(rest: readonly string[], command: string): string {
  const [image] = rest;
  if (image === undefined || rest.length > 1)
    throw new DockerUsage(`"docker ${command}" requires exactly 1 argument.`);
  return image;
}

function readBuild(args: readonly string[], folder: string): DockerCommand {
  const { values, rest } = options(args, BUILD);
  const [context] = rest;
  if (context === undefined || rest.length > 1)
    throw new DockerUsage('"docker build" requires exactly 1 argument.');
  if (context === "-" || /^(?:https?|git):/.test(context))
    throw new DockerUsage(`Local AWS does not support docker build from ${context}: use a folder`);
  const last = (name: string) => values[name]?.at(-1);
  const file = last("file");
  const target = last("target");
  return {
    kind: "build",
    context: posix.resolve(folder, context),
    ...(file !== undefined && { dockerfile: posix.resolve(folder, file) }),
    tags: values["tag"] ?? [],
    ...(target !== undefined && { target }),
    buildArgs: Object.fromEntries(
      (values["build-arg"] ?? []).flatMap((pair) => {
        const at = pair.indexOf("=");
        // A name alone stands for a variable of the shell, which is not known here.
        if (at < 1)
          throw new DockerUsage(`Local AWS does not support --build-arg ${pair} without a value`);
        return [[pair.slice(0, at), pair.slice(at + 1)]];
      }),
    ),
    noCache: "no-cache" in values,
    pull: "pull" in values,
    quiet: "quiet" in values,
  };
}

function readLogin(args: readonly string[]): DockerCommand {
  const { values, rest } = options(args, {
    username: "value",
    password: "value",
    "password-stdin": "flag",
  });
  const user = values["username"]?.at(-1);
  if (user === undefined)
    throw new DockerUsage("Error: Cannot perform an interactive login from a non TTY device");
  const password = values["password"]?.at(-1);
  if (password === undefined && !("password-stdin" in values))
    throw new DockerUsage("Error: Cannot perform an interactive login from a non TTY device");
  return {
    kind: "login",
    registry: rest[0] ?? DEFAULT_REGISTRY,
    user,
    ...(password !== undefined && { password }),
  };
}

/** @throws DockerUsage naming an option that is not here */
function options(args: readonly string[], table: Table): Options {
  const values: Record<string, string[]> = {};
  const rest: string[] = [];
  const words = [...args];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!word.startsWith("-") || word === "-") {
      rest.push(word);
      continue;
    }
    const [, long, short, given] = /^(?:--([\w-]+)|-(\w))(?:=(.*))?$/s.exec(word) ?? [];
    const name = long ?? SHORT[short ?? ""] ?? "";
    const kind = table[name];
    if (kind === undefined)
      throw new DockerUsage(`Local AWS does not support the option ${word} here`);
    if (kind === "flag" && given === "false") continue;
    const value = kind === "flag" ? "" : (given ?? words.shift());
    if (value === undefined) throw new DockerUsage(`flag needs an argument: ${word}`);
    (values[name] ??= []).push(value);
  }
  return { values, rest };
}
