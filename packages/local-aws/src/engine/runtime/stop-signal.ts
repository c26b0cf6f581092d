import { constants } from "node:os";

/** A STOPSIGNAL as Dockerfiles write it (`SIGINT`, `INT`, `2`); SIGTERM where there is none, or none that this system has. */
export function stopSignal(name: string | undefined): NodeJS.Signals | number {
  if (name && /^\d+$/.test(name)) return Number(name);
  const known = name && (`SIG${name.toUpperCase().replace(/^SIG/, "")}` as NodeJS.Signals);
  return known && known in constants.signals ? known : "SIGTERM";
}
