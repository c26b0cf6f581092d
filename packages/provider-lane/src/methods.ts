import { fieldsOf } from "./protobuf.ts";

/** What is to be done about a call of Terraform's. */
export type Kind =
  /** Answered once by the provider, then from memory: its answer depends on the request alone. */
  | "cached"
  /** The same; and its answer is trimmed. */
  | "schema"
  /** Sets the provider's credentials and endpoints, for whoever calls after it. */
  | "configure"
  /** Asks the provider to leave what it is doing. */
  | "stop"
  /** Changes the world: never sent twice. */
  | "change"
  /** Anything else of a provider's. */
  | "ask"
  /** Between Terraform and a plugin that it has started itself. */
  | "plugin"
  /** A service that is neither. */
  | "other";

/** The calls that are not simply passed on; names of protocol 5, then of protocol 6 where that has another. */
const KINDS: Readonly<Record<string, Kind>> = {
  GetSchema: "schema",
  GetProviderSchema: "schema",
  GetMetadata: "cached",
  GetResourceIdentitySchemas: "cached",
  PrepareProviderConfig: "cached",
  ValidateProviderConfig: "cached",
  Configure: "configure",
  ConfigureProvider: "configure",
  Stop: "stop",
  StopProvider: "stop",
  ApplyResourceChange: "change",
  OpenEphemeralResource: "change",
  RenewEphemeralResource: "change",
  CloseEphemeralResource: "change",
  InvokeAction: "change",
};

/** Tells by the path of a call, `/tfplugin5.Provider/GetSchema`, what it is. */
export function kindOf(path: string): Kind {
  const [, service = "", method = ""] = path.split("/");
  if (/^tfplugin[56]\.Provider$/.test(service)) return KINDS[method] ?? "ask";
  return service.startsWith("plugin.") ? "plugin" : "other";
}

/**
 * Whether an answer that is kept has something to say beside it (an error, a warning): then it is not kept.
 * `GetSchema` has its diagnostics in field 4, the others in field 2.
 * https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin5.proto
 */
export function hasDiagnostics(kind: Kind, message: Buffer): boolean {
  const number = kind === "schema" ? 4 : 2;
  return [...fieldsOf(message)].some((field) => field.number === number);
}

/**
 * What a `Configure` sets: the configuration, and Terraform's version. What Terraform itself is capable of (field 3)
 * differs between the plan and the apply of one command, and changes nothing about the provider.
 */
export function settingsOf(message: Buffer): Buffer {
  const kept = [...fieldsOf(message)].filter(({ number }) => number !== 3);
  return Buffer.concat(kept.map(({ raw }) => raw));
}
