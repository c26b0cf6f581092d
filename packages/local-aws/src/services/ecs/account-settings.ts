import type { Setting, SettingName } from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import type { EcsHandlers } from "./handlers.ts";
import { invalidParameter } from "./faults.ts";
import { page } from "./pages.ts";
import { accountSettings } from "./state.ts";
import { TEXTS } from "./texts.ts";

/** Values without anybody having set one, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html */
const DEFAULTS: Partial<Record<SettingName, string>> = {
  awsvpcTrunking: "disabled",
  containerInsights: "disabled",
  containerInstanceLongArnFormat: "enabled",
  defaultLogDriverMode: "non-blocking",
  fargateFIPSMode: "disabled",
  fargateTaskRetirementWaitPeriod: "7",
  guardDutyActivate: "off",
  serviceLongArnFormat: "enabled",
  tagResourceAuthorization: "on",
  taskLongArnFormat: "enabled",
};

/**
 * What may be set, where that is not `enabled` or `disabled`.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSetting.html
 */
const VALUES: Partial<Record<SettingName, readonly string[]>> = {
  containerInsights: ["enhanced", "enabled", "disabled"],
  defaultLogDriverMode: ["blocking", "non-blocking"],
  fargateTaskRetirementWaitPeriod: ["0", "7", "14"],
  tagResourceAuthorization: ["on", "off"],
};

/** @throws AwsError `InvalidParameterException` for a value that the setting does not have */
export function checkSettingValue(name: SettingName, value: string | undefined): void {
  const known = VALUES[name] ?? ["enabled", "disabled"];
  if (value === undefined || !known.includes(value)) throw invalidParameter(TEXTS.settingValue());
}

/** The account's default for everyone is kept under this principal. */
const EVERYONE = "default";

const idOf = (name: string, principal: string) => `${name} ${principal}`;

/** The value of a setting that applies to the caller. */
export function accountSetting(context: CallContext, name: SettingName): string {
  const stored = context.store.of(accountSettings);
  const own = stored.get(idOf(name, context.principal.arn));
  return (own ?? stored.get(idOf(name, EVERYONE)))?.value ?? DEFAULTS[name] ?? "disabled";
}

function put(context: CallContext, name: SettingName, value: string, principal: string): Setting {
  // Amazon GuardDuty alone sets this one.
  if (name === "guardDutyActivate") throw invalidParameter(TEXTS.settingName());
  checkSettingValue(name, value);
  context.store.of(accountSettings).put(idOf(name, principal), { name, value, principal });
  return toSetting(context, name, value, principal);
}

const toSetting = (
  context: CallContext,
  name: string,
  value: string,
  principal: string,
): Setting => ({
  name: name as SettingName,
  value,
  principalArn: principal === EVERYONE ? `arn:aws:iam::${context.account}:root` : principal,
  type: name === "guardDutyActivate" ? "aws_managed" : "user",
});

export const accountSettingHandlers: EcsHandlers = {
  ListAccountSettings(input, context) {
    const principal = input.principalArn ?? context.principal.arn;
    const stored = context.store.of(accountSettings);
    const names = (Object.keys(DEFAULTS) as SettingName[]).filter(
      (name) => input.name === undefined || input.name === name,
    );
    const settings = names.flatMap((name) => {
      const own = stored.get(idOf(name, principal)) ?? stored.get(idOf(name, EVERYONE));
      if (own) return [toSetting(context, name, own.value, own.principal)];
      if (!input.effectiveSettings) return [];
      return [toSetting(context, name, DEFAULTS[name]!, principal)];
    });
    const wanted = settings.filter(
      ({ value }) => input.value === undefined || input.value === value,
    );
    const { items, nextToken } = page(wanted, ({ name }) => name!, input, {
      of: "account-settings",
      most: 10,
    });
    return { settings: items, nextToken };
  },

  PutAccountSetting(input, context) {
    const principal = input.principalArn ?? context.principal.arn;
    return { setting: put(context, input.name, input.value, principal) };
  },

  PutAccountSettingDefault(input, context) {
    return { setting: put(context, input.name, input.value, EVERYONE) };
  },

  DeleteAccountSetting(input, context) {
    const principal = input.principalArn ?? context.principal.arn;
    context.store.of(accountSettings).delete(idOf(input.name, principal));
    const value = accountSetting(context, input.name);
    return { setting: toSetting(context, input.name, value, principal) };
  },
};
