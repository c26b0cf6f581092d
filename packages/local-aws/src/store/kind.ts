/** Where a kind of resource lives: in a region of an account, in an account, or once for everyone (bucket names). */
export type KindScope = "region" | "account" | "global";

/**
 * A kind of stored resource. Values are plain JSON (instants are milliseconds since the epoch); they are frozen when
 * they are stored: change one by putting a new value.
 */
export interface Kind<T> {
  /** `service.resource`, such as `ecs.cluster`: the name it has in the database. Never change one that has shipped. */
  readonly name: string;
  readonly scope: KindScope;
  /** Kept in memory alone: what the engine observes and finds out again after a restart (target health). */
  readonly volatile: boolean;
  /** Makes `T` part of the type; never set. */
  readonly value?: T;
}

/** Defines a kind of resource. */
export function defineKind<T extends object>(
  name: string,
  options: { scope?: KindScope; volatile?: boolean } = {},
): Kind<T> {
  return { name, scope: options.scope ?? "region", volatile: options.volatile ?? false };
}
