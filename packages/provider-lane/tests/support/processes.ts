import { execFileSync } from "node:child_process";

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function listProcesses(): Listed[] {
  const text = execFileSync("ps", ["-eo", "pid=,ppid=,stat=,args="], { encoding: "utf8" });
  return text
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && !match[3]!.startsWith("Z"))
    .map((match) => ({ pid: Number(match![1]), parent: Number(match![2]), command: match![4]! }));
}

/** The providers below a process: those that it keeps. */
export function providersBelow(ancestor: number): number[] {
  const all = listProcesses();
  const below = (pid: number): Listed[] =>
    all.filter(({ parent }) => parent === pid).flatMap((each) => [each, ...below(each.pid)]);
  return below(ancestor)
    .filter(({ command }) => /^\S*terraform-provider-aws\S* -debug$/.test(command))
    .map(({ pid }) => pid);
}

/** Whether a process runs. */
export function runs(pid: number): boolean {
  return listProcesses().some((each) => each.pid === pid);
}
