import { text } from "@workbook/toolchain";
import { expect, test } from "vitest";
import { parseCommandLine } from "./parse.ts";

test("arguments and options have the names that the command gives them", () => {
  const line = parseCommandLine(["check", "07", "--variant=start", "--junit", "a.xml", "--json"]);
  expect(line.command?.name).toBe("check");
  expect(line).toMatchObject({
    args: { lab: "07" },
    options: { variant: "start", junit: "a.xml", all: false },
    json: true,
    target: "local",
    yes: false,
  });
});

test("options may stand anywhere, and the last one of a name counts", () => {
  const line = parseCommandLine(["--target", "aws", "deploy", "--variant", "a", "--variant", "01"]);
  expect(line).toMatchObject({ target: "aws", args: {}, options: { variant: "01" } });
  expect(line.command?.name).toBe("deploy");
});

test("a rest takes all that follows", () => {
  expect(parseCommandLine(["verify", "4", "6"]).args).toEqual({ lab: ["4", "6"] });
});

test("what follows -- is the command of exec, whatever it looks like", () => {
  const args = (...typed: string[]) => parseCommandLine(["exec", ...typed]).args;
  expect(args("web", "--", "ls", "-l", "--help")).toEqual({
    service: "web",
    command: ["ls", "-l", "--help"],
  });
  expect(args("--", "env")).toEqual({ service: undefined, command: ["env"] });
  expect(args()).toEqual({ service: undefined, command: [] });
  expect(parseCommandLine(["exec", "--container", "web"]).options).toEqual({ container: "web" });
  expect(() => args("web", "ls")).toThrow("Too much is given: ls");
});

test("what follows aws and test is not looked at", () => {
  const args = ["ecs", "list-clusters", "--output", "json", "--help"];
  expect(parseCommandLine(["aws", ...args])).toMatchObject({ args: { args }, json: false });
  expect(parseCommandLine(["test", "--help"])).toMatchObject({ args: { name: ["--help"] } });
});

test("nothing, or --json alone, is no command", () => {
  expect(parseCommandLine([]).command).toBeUndefined();
  expect(parseCommandLine(["--json"])).toMatchObject({ command: undefined, json: true });
});

test.each([["--help"], ["-h"], ["help"]])("%s asks for the help of all", (word) => {
  const line = parseCommandLine([word]);
  expect(line.command?.name).toBe("help");
  expect(line.args).toEqual({ command: undefined });
  expect(parseCommandLine([word, "--all"]).options).toEqual({ all: true });
});

test("--help after a command asks for that command's, whatever else was typed", () => {
  const line = parseCommandLine(["cloud", "--help"]);
  expect(line.command?.name).toBe("cloud");
  expect(line.isHelpWanted).toBe(true);
});

test.each(["--version", "-v", "version"])("%s asks which workbook it is", (word) => {
  expect(parseCommandLine([word, "--json"])).toMatchObject({ json: true });
  expect(parseCommandLine([word]).command?.name).toBe("version");
});

test.each([
  [["deploy", "--varient", "x"], '"deploy" takes no --varient. Did you mean --variant?', "deploy"],
  [["logs", "-x"], '"logs" takes no -x.', "logs"],
  [["--nothing"], '"./workbook" takes no --nothing.', ""],
  [["deploy", "--variant"], "--variant <name> needs a value.", "deploy"],
  [["deploy", "--variant", "--json"], "--variant <name> needs a value.", "deploy"],
  [["check", "--all=yes"], "--all takes no value.", "check"],
  [["check", "07", "08"], "Too much is given: 08", "check"],
  [["cloud"], '"cloud" needs an action: up, down, status', "cloud"],
  [["cloud", "sideways"], 'There is no "cloud sideways": choose one of up, down', "cloud"],
  [["completion"], '"completion" needs an action: bash, zsh, fish.', "completion"],
  [
    ["cloud", "up", "--port", "70000"],
    "--port takes a number from 0 to 65535, not 70000.",
    "cloud",
  ],
  [["site", "--port", "x"], "--port takes a number from 0 to 65535, not x.", "site"],
  [["cloud", "up", "--listeners", "no"], "--listeners takes exact, offset or ephemeral", "cloud"],
  [
    ["cloud", "up", "--tasks", "docker"],
    "--tasks takes containers, process or off, not docker.",
    "cloud",
  ],
  [["deploy", "--target", "azure"], "--target takes local or aws, not azure.", "--all"],
])("%j is refused", (argv, said, help) => {
  expect(() => parseCommandLine(argv)).toThrow(
    expect.objectContaining({
      code: "USAGE",
      exitCode: 2,
      next: text(`./workbook help ${help}`.trim()),
      message: expect.stringContaining(said),
    }),
  );
});

test("a word that is near one that there is leads to it", () => {
  const next = (argv: readonly string[]) => {
    try {
      return parseCommandLine(argv);
    } catch (error) {
      return (error as { next: unknown }).next;
    }
  };
  expect(next(["strat"])).toEqual(text("./workbook start"));
  expect(next(["cloud", "dwon"])).toEqual(text("./workbook cloud down"));
  expect(next(["kubectl"])).toEqual(text("./workbook help"));
});

test("an option that may be given several times has all of it", () => {
  const [hub, other] = ["docker.io=http://127.0.0.1:5000", "ghcr.io=http://127.0.0.1:5001"];
  const typed = ["cloud", "up", "--registry-mirror", hub, `--registry-mirror=${other}`];
  expect(parseCommandLine(typed).options["registry-mirror"]).toEqual([hub, other]);
});
