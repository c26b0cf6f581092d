import { createHash } from "node:crypto";
import type { Clock } from "../../../clock/clock.ts";

/** All of the load balancer's cookies live this long in a browser; the real term is inside. */
const COOKIE_LIFE_MS = 7 * 86_400_000;

/** Cookies of the load balancer. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions */
export const COOKIES = {
  lb: "AWSALB",
  app: "AWSALBAPP-0",
  targetGroup: "AWSALBTG",
} as const;

/** The value of the cookie `name` in a `Cookie` header. */
export function cookieValue(header: string, name: string): string | undefined {
  for (
    let position = header.indexOf(name);
    position >= 0;
    position = header.indexOf(name, position + 1)
  ) {
    const end = position + name.length;
    const starts = position === 0 || header[position - 1] === " " || header[position - 1] === ";";
    if (!starts || header[end] !== "=") continue;
    const stop = header.indexOf(";", end);
    return header.slice(end + 1, stop < 0 ? undefined : stop).trim();
  }
  return undefined;
}

/**
 * Makes and reads sticky cookies. A value names what it sticks to by a digest, and until when; it means the same to a
 * data plane that was restarted.
 */
export class Stickiness {
  readonly #clock: Clock;
  readonly #digests = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `Set-Cookie` values that bind a client to `name`; the second is for requests from other sites. */
  setCookies(cookie: string, name: string, seconds: number): string[] {
    const until = Math.ceil(this.#clock.now() / 1000) + seconds;
    const value = Buffer.from(`${until.toString(36)}.${this.#digest(name)}`).toString("base64");
    const expires = new Date(this.#clock.now() + COOKIE_LIFE_MS).toUTCString();
    const plain = `${cookie}=${value}; Expires=${expires}; Path=/`;
    if (cookie === COOKIES.app) return [plain];
    return [plain, `${cookie}CORS=${value}; Expires=${expires}; Path=/; SameSite=None; Secure`];
  }

  /** Which of `names` the request's cookie binds it to, while the term lasts. */
  bound(header: string, cookie: string, names: readonly string[]): string | undefined {
    const value = cookieValue(header, cookie) ?? cookieValue(header, `${cookie}CORS`);
    if (value === undefined) return undefined;
    const [until = "", digest = ""] = Buffer.from(value, "base64").toString("latin1").split(".");
    if (!(Number.parseInt(until, 36) * 1000 > this.#clock.now())) return undefined;
    return names.find((name) => this.#digest(name) === digest);
  }

  #digest(name: string): string {
    let digest = this.#digests.get(name);
    if (digest === undefined) {
      digest = createHash("sha256").update(name).digest("base64url");
      this.#digests.set(name, digest);
    }
    return digest;
  }
}
