/** What a service of the labs runs behind a listener of the load balancer. */
export type ServedApp = WebApp | PublicApp;

/** A program that others publish, as a lab runs it. */
export interface PublicApp extends Served {
  /** Its image, without a tag, e.g. `public.ecr.aws/nginx/nginx`. */
  readonly publicImage: string;
}

interface Served {
  /** Name of the container in the task definition, e.g. `go-app`. */
  readonly container: string;
  /** Port of the container, and of the listener that leads to it unless that is told. */
  readonly port: number;
  /** Port of the listener, where it is another than the container's. */
  readonly listener?: number;
  /** What `GET /` answers, to the letter. */
  readonly greeting: string;
  /** Set where it is one of several services of its image: the one on instances whose tasks have this network mode. */
  readonly networkMode?: "bridge" | "host" | "awsvpc";
}

/** The port at which visitors meet an app. */
export function listenerPort({ port, listener = port }: Served): number {
  return listener;
}

/** One of the workbook's apps, as the labs run it. */
export interface WebApp extends Served {
  /** Name of the image repository without the owner, e.g. `golang-app`. */
  readonly repository: string;
  /** Folder of its sources, from the root of the workbook. */
  readonly folder: string;
  /** The environment variable that tells a stack its image: see infra/src/settings.ts. */
  readonly imageVariable: string;
}

/** The Node.js app, in `apps/node-app`. */
export const NODE_APP: WebApp = {
  container: "node-app",
  repository: "nodejs-app",
  folder: "apps/node-app",
  imageVariable: "NODEJS_APP_IMAGE",
  port: 80,
  greeting: "Hello World from node.js",
};

/** The Go app, in `apps/go-app`. */
export const GO_APP: WebApp = {
  container: "go-app",
  repository: "golang-app",
  folder: "apps/go-app",
  imageVariable: "GOLANG_APP_IMAGE",
  port: 8080,
  greeting: "Hello World from Golang",
};
