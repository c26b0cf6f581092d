import { readFile } from "node:fs/promises";

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
