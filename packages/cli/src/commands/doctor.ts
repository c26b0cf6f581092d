import {
  both,
  findAwsCli,
  findGo,
  findNode,
  findNpm,
  findTerraform,
  terraformCliConfig,
  UserError,
} from "@workbook/toolchain";
import { readFile } from "node:fs/promises";
import { findCloud } from "../cloud/cloud.ts";
import { containersFinding } from "./doctor-containers.ts";
import { describeHolder } from "../cloud/port-holder.ts";
import { laneFolder } from "../lane/end-lane.ts";
import { describeLane, laneStatus } from "../lane/lane-status.ts";
import { nextStep } from "../output/next.ts";
import { style } from "../output/style.ts";
import { fill } from "../output/wrap.ts";
import type { Session } from "../session.ts";

const PUT_RIGHT = [
  "put right what is marked ✗, then ./workbook doctor",
  "✗ の付いたものを直してから ./workbook doctor",
] as const;

export interface Finding {
  readonly name: string;
  readonly status: "ok" | "missing" | "problem";
  readonly text: string;
  /** Without it nothing works. */
  readonly needed: boolean;
}

/** Looks at everything that the workbook needs of this machine: 0 when all is there, 3 when something needed is not. */
export async function doctorCommand(session: Session): Promise<number> {
  const options = { root: session.workspace.root, signal: session.signal };
  const findings: Finding[] = [
    await look(session, "Node.js", true, async () => tell(findNode())),
    await look(session, "npm", true, async () => tell(await findNpm(options))),
    await look(session, "Terraform", true, async () => tell(await findTerraform(options))),
    await look(session, session.say(["Provider plugins", "プロバイダー"]), true, async () =>
      session.say((await terraformCliConfig({ root: options.root, env: process.env })).description),
    ),
    await look(session, "Go", true, async () => tell(await findGo(options))),
    await look(session, "AWS CLI", false, async () => tell(await findAwsCli())),
    await cloudFinding(session),
    await containersFinding(session),
    await providerFinding(session),
    await namesFinding(session),
  ];
  const broken = findings.filter(({ status, needed }) => status !== "ok" && needed);
  const text = findings.map(format).join("\n");
  session.result(
    { ready: broken.length === 0, findings },
    both`${text}\n\n${nextStep(broken.length === 0 ? "./workbook run" : PUT_RIGHT)}`,
  );
  return broken.length === 0 ? 0 : 3;
}

/** The provider that is kept: without one commands do the same, and take longer. */
async function providerFinding(session: Session): Promise<Finding> {
  const status = await laneStatus(laneFolder(session.workspace), process.env);
  const isObstructed = status.state === "off" || status.state === "short-of-memory";
  return {
    name: session.say(["Kept provider", "プロバイダー保持"]),
    status: isObstructed ? "missing" : "ok",
    text: session.say(describeLane(status)),
    needed: false,
  };
}

/** Load balancers' names: nothing of the workbook needs them, programs of the learner's own may. */
async function namesFinding(session: Session): Promise<Finding> {
  const known = await knowsLocalNames();
  const text = known
    ? session.say([
        "*.elb.localhost is known to all programs",
        "*.elb.localhost はすべてのプログラムで名前解決できます",
      ])
    : session.say([
        "*.elb.localhost is known to curl and browsers alone → use the addresses of ./workbook status; for names: the package libnss-myhostname, or a line 127.0.0.1 NAME in /etc/hosts",
        "*.elb.localhost を名前解決できるのは curl とブラウザーだけです → ./workbook status のアドレスを使います。名前で使うには、パッケージ libnss-myhostname を入れるか、/etc/hosts に 127.0.0.1 名前 の行を加えます",
      ]);
  const name = session.say(["Names", "名前解決"]);
  return { name, status: known ? "ok" : "missing", text, needed: false };
}

function tell({
  version,
  path,
  source,
}: {
  version: string;
  path: string;
  source: string;
}): string {
  return `${version}  ${path}${source === "PATH" ? "" : `  (${source})`}`;
}

async function look(
  session: Session,
  name: string,
  needed: boolean,
  find: () => Promise<string>,
): Promise<Finding> {
  try {
    return { name, status: "ok", text: await find(), needed };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      name,
      status: "missing",
      text: `${session.say(error.said)} → ${session.say(error.next)}`,
      needed,
    };
  }
}

async function cloudFinding(session: Session): Promise<Finding> {
  const cloud = await findCloud(session.workspace);
  const name = "Local AWS";
  if (cloud)
    return {
      name,
      status: "ok",
      text: session.say(both`${cloud.endpoint}  ${["process", "プロセス"]} ${cloud.pid}`),
      needed: true,
    };
  const { port } = session.workspace.config;
  const holder = port === 0 ? undefined : await describeHolder(port);
  if (!holder)
    return {
      name,
      status: "ok",
      text: session.say([
        `not running; port ${port} is free`,
        `動いていません。ポート ${port} は空いています`,
      ]),
      needed: true,
    };
  return {
    name,
    status: "problem",
    text: session.say([
      `port ${port} is held by ${holder.en} → ./workbook cloud up --port ${port + 1}`,
      `ポート ${port} は ${holder.ja} が使っています → ./workbook cloud up --port ${port + 1}`,
    ]),
    needed: true,
  };
}

function format({ name, status, text, needed }: Finding): string {
  const mark = status === "ok" ? style.good("✓") : needed ? style.bad("✗") : "-";
  return `${mark} ${fill(name, 17)} ${text}`;
}

/**
 * Whether programs of this machine know `NAME.elb.localhost`, which curl and browsers know by themselves. It is read, not tried:
 * without a network a look-up of what nobody knows takes its time.
 * @param switchFile where the C library says whom it asks,
 * https://www.freedesktop.org/software/systemd/man/latest/nss-myhostname.html
 */
export async function knowsLocalNames(switchFile = "/etc/nsswitch.conf"): Promise<boolean> {
  try {
    const hosts = /^hosts:(.*)$/m.exec(await readFile(switchFile, "utf8"))?.[1] ?? "";
    return /\b(?:myhostname|resolve)\b/.test(hosts);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES") return false;
    throw error;
  }
}
