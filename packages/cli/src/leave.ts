import { say, type Language } from "@workbook/toolchain";

/** Ends this process now. What works in a session of its own, as Terraform does, goes on to its end without us. */
export function leaveAtOnce(language: Language): never {
  const words = [
    "Leaving. A Terraform that is still at work ends by itself; the next command waits for it.",
    "終わります。動いている Terraform はひとりでに終わり、次のコマンドはそれを待ちます。",
  ] as const;
  process.stderr.write(`\n${say(words, language)}\n`);
  process.exit(130);
}
