/** What Terraform complained of, and of which resource where it says so. */
export interface Complaint {
  readonly address: string;
  readonly words: string;
}

/** One resource of a plan, as `terraform show -json` has it. */
export interface ResourceChange {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    readonly after_unknown?: Readonly<Record<string, unknown>>;
  };
}

/** A plan, as far as it is looked at. https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly configuration: {
    readonly root_module: {
      readonly resources?: readonly {
        readonly address: string;
        readonly mode: "managed" | "data";
        readonly type: string;
        readonly expressions?: Readonly<Record<string, unknown>>;
      }[];
    };
  };
}

/** One resource as the configuration has it. */
interface ConfiguredResource {
  readonly address: string;
  readonly type: string;
  readonly expressions: Readonly<Record<string, unknown>>;
}

/** The resources that a plan's configuration has, without data sources. */
export function managedIn({ configuration }: Plan): ConfiguredResource[] {
  const { resources = [] } = configuration.root_module;
  return resources
    .filter(({ mode }) => mode === "managed")
    .map(({ address, type, expressions = {} }) => ({ address, type, expressions }));
}

/** One resource of a state. */
export interface StateResource {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly values: Readonly<Record<string, unknown>>;
}
