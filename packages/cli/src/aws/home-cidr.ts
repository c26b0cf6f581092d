import { createInterface } from "node:readline/promises";
import { say, UserError, type Language } from "@workbook/toolchain";
import type { Terminal } from "../learn/owner.ts";

/** AWS's own answer to "what is my address". */
const CHECK_IP = "https://checkip.amazonaws.com/";
const CHECK_IP_MS = 5000;
const QUESTION = [
  "The public IPv4 address you come from: ",
  "接続元のグローバル IPv4 アドレス: ",
] as const;
const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/**
 * The addresses that may reach the load balancer: `HOME_CIDR` where it is set, else the address that AWS sees, else the one
 * that the learner types.
 *
 * @param endpointUrl what answers instead of AWS; a Local AWS says itself where requests come from
 * @throws {UserError} where nobody knows it
 */
export async function findHomeCidr(
  endpointUrl: string | undefined,
  terminal: Terminal | undefined,
  signal: AbortSignal,
  language: Language,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  if (env["HOME_CIDR"]) return env["HOME_CIDR"];
  const address = endpointUrl === undefined ? await askAws(signal) : await askLocal(endpointUrl);
  if (address !== undefined) return `${address}/32`;
  if (terminal) return `${await askLearner(terminal, signal, language)}/32`;
  throw new UserError(
    [
      "It is not known from which address you will reach the load balancer.",
      "どのアドレスからロードバランサーにアクセスするのか分かりません。",
    ],
    {
      code: "HOME_ADDRESS_UNKNOWN",
      next: [
        "HOME_CIDR=<your address>/32 ./workbook … --target aws",
        "HOME_CIDR=<自分のアドレス>/32 ./workbook … --target aws",
      ],
    },
  );
}

async function askAws(signal: AbortSignal): Promise<string | undefined> {
  try {
    const limits = [signal, AbortSignal.timeout(CHECK_IP_MS)];
    const response = await fetch(CHECK_IP, { signal: AbortSignal.any(limits) });
    const text = (await response.text()).trim();
    return ADDRESS.test(text) ? text : undefined;
  } catch (error) {
    signal.throwIfAborted();
    // No way to it from here: somebody else has to say.
    if (error instanceof TypeError || (error as Error).name === "TimeoutError") return undefined;
    throw error;
  }
}

async function askLocal(endpointUrl: string): Promise<string | undefined> {
  const response = await fetch(new URL("/_local/health", endpointUrl));
  if (!response.ok) return undefined;
  const { homeAddress } = (await response.json()) as { homeAddress?: string };
  return homeAddress;
}

async function askLearner(
  { input, output }: Terminal,
  signal: AbortSignal,
  language: Language,
): Promise<string> {
  const lines = createInterface({ input, output });
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    for (;;) {
      const answer = await lines.question(say(QUESTION, language), { signal });
      if (ADDRESS.test(answer.trim())) return answer.trim();
      const given = answer.trim();
      output.write(
        say(
          [
            `"${given}" is not an IPv4 address, such as 203.0.113.7.\n`,
            `"${given}" は 203.0.113.7 のような IPv4 アドレスではありません。\n`,
          ],
          language,
        ),
      );
    }
  } finally {
    lines.close();
  }
}
