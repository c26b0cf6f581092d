import type { Kind } from "../../store/kind.ts";

/** What of a value people configure; undefined: none of it. `ofTasks` are the addresses that tasks have or had. */
export type Configured<T> = (value: Readonly<T>, ofTasks: ReadonlySet<string>) => unknown;

/** A kind of which the cloud itself writes something, and what is left of its values without that. */
export interface Written {
  readonly kind: Kind<object>;
  readonly configured: Configured<object>;
}

/** Says that the cloud writes values of this kind; all of each, where it is not said what people configure. */
export function written<T extends object>(
  kind: Kind<T>,
  configured: Configured<T> = () => undefined,
): Written {
  return { kind, configured: configured as Configured<object> };
}

/** A value without some of its members. */
export function without<T extends object>(value: T, ...members: (keyof T & string)[]): unknown {
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => !(members as string[]).includes(name)),
  );
}
