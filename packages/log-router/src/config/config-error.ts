/** Why a configuration cannot be used, in Fluent Bit's words where it has any. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
