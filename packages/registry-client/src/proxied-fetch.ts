import { BlockList, isIP } from "node:net";

/** Asks a web server, as the global `fetch` does. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

const VARIABLES = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"];
/** What no proxy is asked for, as in Go: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config.ProxyFunc */
const LOOPBACK = ["localhost", "127.0.0.0/8", "::1"];

/**
 * Asks through the proxies that an environment names in `HTTP_PROXY` and `HTTPS_PROXY`, but for what its `NO_PROXY` leaves out (names,
 * addresses, ranges of addresses), in either case of the letters: as containerd and Docker do.
 * @see https://docs.docker.com/engine/daemon/proxy/
 */
export function proxiedFetch(env: NodeJS.ProcessEnv): Fetch {
  if (!VARIABLES.some((name) => env[name])) return fetch;
  let asking: Promise<Fetch> | undefined;
  return async (url, init) => {
    asking ??= throughProxies(env);
    return (await asking)(url, init);
  };
}

/** Loads what few machines need, and is a tenth of what a server would load at its start. */
async function throughProxies(env: NodeJS.ProcessEnv): Promise<Fetch> {
  const { Agent, EnvHttpProxyAgent, fetch: fetchBy } = await import("undici");
  const valueOf = (name: string) => env[name] || env[name.toUpperCase()] || "";
  const left = [...valueOf("no_proxy").split(/[,\s]+/), ...LOOPBACK];
  const proxies = new EnvHttpProxyAgent({
    httpProxy: valueOf("http_proxy"),
    httpsProxy: valueOf("https_proxy"),
    noProxy: left.join(","),
  });
  const direct = new Agent();
  const isInRange = addressCheck(left);
  // Here, and not before: a server may send whoever asks it to another.
  const dispatcher = proxies.compose(
    (dispatch) => (options, handler) =>
      isInRange(options.origin) ? direct.dispatch(options, handler) : dispatch(options, handler),
  );
  // The same by https://fetch.spec.whatwg.org, under types of other names.
  const ask = fetchBy as unknown as (url: URL, init: object) => Promise<Response>;
  return (url, init) => ask(url, { ...init, dispatcher });
}

/** Whether a server is known by an address that is in one of the ranges `a.b.c.d/n` among `entries`. */
function addressCheck(entries: readonly string[]): (origin: string | URL | undefined) => boolean {
  const ranges = new BlockList();
  for (const entry of entries) {
    const [address = "", bits = ""] = entry.split("/");
    const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
    if (/^\d+$/.test(bits) && Number(bits) <= most)
      ranges.addSubnet(address, Number(bits), most === 32 ? "ipv4" : "ipv6");
  }
  return (origin) => {
    const host = new URL(origin ?? "").hostname.replace(/^\[(.+)\]$/, "$1");
    const kind = isIP(host);
    return kind !== 0 && ranges.check(host, kind === 4 ? "ipv4" : "ipv6");
  };
}
