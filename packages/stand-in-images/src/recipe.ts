/** A file of an image: its content, or what else it is. */
export type Entry =
  | {
      readonly type: "file";
      readonly content: Buffer | string;
      readonly mode: number;
      readonly uid?: number;
      readonly gid?: number;
    }
  | {
      readonly type: "directory";
      readonly mode: number;
      readonly uid?: number;
      readonly gid?: number;
    }
  | { readonly type: "symlink" | "link"; readonly target: string };

/** How an image that stands in for a public one is made of Debian's packages. */
export interface Recipe {
  /** Short, for people and for files: `nginx`. */
  readonly name: string;
  /** What it stands in for, with the registry: `docker.io/library/nginx`. */
  readonly repositories: readonly string[];
  readonly tags: readonly string[];
  readonly packages: readonly string[];
  /** What it has where Debian's archive can be reached, and does without elsewhere. */
  readonly extras?: readonly string[];
  /** The package whose version the image says; or what it is, where it has none. */
  readonly version: string;
  /** The image whose runtime is lent to it when it runs; absent where it is whole by itself. */
  readonly base?: string;
  /** Whether it is run where the public one can be had as well. */
  readonly always?: boolean;
  /** Whether it has the Node.js that runs this. */
  readonly hasNode?: boolean;
  /** Beside Debian's own: name, and id of the user and of its group. */
  readonly users: readonly (readonly [name: string, id: number])[];
  /** By path, without the first slash: what the public image has where the package has it elsewhere. */
  readonly files: Readonly<Record<string, Entry>>;
  /** The `config` of the image's configuration. */
  readonly config: Readonly<Record<string, unknown>>;
}

export const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export const text = (content: string, mode = 0o644): Entry => ({ type: "file", content, mode });
export const folder = (id = 0, mode = 0o755): Entry => ({
  type: "directory",
  mode,
  uid: id,
  gid: id,
});
