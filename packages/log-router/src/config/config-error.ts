/** Why a configuration cannot be used, in Fluent Bit's words where it has any. */
export class ConfigError extends Error {
  override readonly name: string = "ConfigError";
}

/** Why it cannot even be read: Fluent Bit ends with another code then. */
export class UnreadableConfig extends ConfigError {
  override readonly name = "UnreadableConfig";
}
