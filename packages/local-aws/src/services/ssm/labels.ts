import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { tooManyLabels, versionNotFound } from "./faults.ts";
import { arnOf, checkAccess } from "./names.ts";
import { parameters } from "./state.ts";
import { needParameter, versionOf } from "./values.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-labels.html */
const MOST_LABELS = 10;
const isLabel = (label: string) =>
  /^[A-Za-z_.-][\w.-]*$/.test(label) && !/^(?:aws|ssm)/i.test(label);

export const labelHandlers: Handlers<typeof import("@aws-sdk/client-ssm"), CallContext> = {
  LabelParameterVersion({ Name, Labels, ParameterVersion }, context) {
    checkAccess(context, "LabelParameterVersion", arnOf(context, Name));
    const { name, versions } = needParameter(context, Name);
    const target = ParameterVersion ?? versions.at(-1)!.version;
    if (!versions.some(({ version }) => version === target))
      throw versionNotFound(name, String(target));
    const labels = Labels.filter(isLabel);
    const moved = versions.map((each) => {
      const others = each.labels.filter((label) => !labels.includes(label));
      return {
        ...each,
        labels: each.version === target ? [...new Set([...each.labels, ...labels])] : others,
      };
    });
    if (moved.some((each) => each.labels.length > MOST_LABELS))
      throw tooManyLabels(
        `A parameter version can have maximum 10 labels. Move one or more labels to another version and try again.`,
      );
    context.store.of(parameters).patch(name, { versions: moved });
    return { InvalidLabels: Labels.filter((label) => !isLabel(label)), ParameterVersion: target };
  },

  UnlabelParameterVersion({ Name, Labels, ParameterVersion }, context) {
    checkAccess(context, "UnlabelParameterVersion", arnOf(context, Name));
    const stored = needParameter(context, Name);
    const target = versionOf(stored, String(ParameterVersion));
    if (!target) throw versionNotFound(stored.name, String(ParameterVersion));
    const versions = stored.versions.map((each) =>
      each === target
        ? { ...each, labels: each.labels.filter((label) => !Labels.includes(label)) }
        : each,
    );
    context.store.of(parameters).patch(stored.name, { versions });
    return {
      RemovedLabels: Labels.filter((label) => target.labels.includes(label)),
      InvalidLabels: Labels.filter((label) => !target.labels.includes(label)),
    };
  },
};
