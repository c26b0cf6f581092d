import { EnvHttpProxyAgent, fetch as fetchBy } from "undici";

/** Asks a web server, as the global `fetch` does. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

const VARIABLES = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"];
/** What no proxy is asked for, as in Go: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config.ProxyFunc */
const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

/**
 * Asks through the proxies that an environment names in `HTTP_PROXY` and `HTTPS_PROXY`, but for what its `NO_PROXY` leaves out,
 * in either case of the letters: as containerd and Docker do.
 * @see https://docs.docker.com/engine/daemon/proxy/
 */
export function proxiedFetch(env: NodeJS.ProcessEnv): Fetch {
  if (!VARIABLES.some((name) => env[name])) return fetch;
  const valueOf = (name: string) => env[name] || env[name.toUpperCase()] || "";
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: valueOf("http_proxy"),
    httpsProxy: valueOf("https_proxy"),
    noProxy: [valueOf("no_proxy"), ...LOOPBACK].join(","),
  });
  // The same by https://fetch.spec.whatwg.org, under types of other names.
  const ask = fetchBy as unknown as (url: URL, init: object) => Promise<Response>;
  return (url, init) => ask(url, { ...init, dispatcher });
}
