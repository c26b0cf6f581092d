import type { Setting, SettingName } from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import type { EcsHandlers } from "./handlers.ts";
import { page } from "./pages.ts";
import { accountSettings } from "./state.ts";

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

/** The account's default for everyone is kept under this principal. */
const EVERYONE = "default";

const idOf = (name: string, principal: string) => `${name} ${principal}`;

/** The value of a setting that applies to the caller. */
export function accountSetting(context: CallContext, name: SettingName): string {
  const stored = context.store.of(accountSettings);
  const own = stored.get(idOf(name, context.principal.arn));
  return (own ?? stored.get(idOf(name, EVERYONE)))?.value ?? DEFAULTS[name] ?? "disabled";
}

function put(context: CallContext, name: string, value: string, principal: string): Setting {
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
