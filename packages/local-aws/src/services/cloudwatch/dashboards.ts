import type { DashboardValidationMessage } from "@aws-sdk/client-cloudwatch";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { invalidToken, invalidValue } from "./faults.ts";
import { dashboards } from "./state.ts";
import { withTags } from "./tags.ts";

const PAGE = 1000;
const WIDGETS = ["alarm", "custom", "explorer", "log", "metric", "text"];

/** Dashboards are no region's. */
export const dashboardArn = ({ account }: Pick<CallContext, "account">, name: string): string =>
  `arn:aws:cloudwatch::${account}:dashboard/${name}`;

/** Dashboards are kept as they are put; there is no page that draws them. */
export const dashboardHandlers: Handlers<typeof import("@aws-sdk/client-cloudwatch"), CallContext> =
  {
    PutDashboard({ DashboardName, DashboardBody, Tags }, { store, clock, account }) {
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(DashboardName))
        throw invalidInput(
          `The value ${DashboardName} for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).`,
        );
      const messages = checkBody(DashboardBody);
      const before = store.of(dashboards).get(DashboardName);
      store.of(dashboards).put(DashboardName, {
        name: DashboardName,
        arn: dashboardArn({ account }, DashboardName),
        body: DashboardBody,
        modifiedAt: clock.now(),
        tags: before?.tags ?? withTags([], Tags ?? []),
      });
      return { DashboardValidationMessages: messages };
    },

    GetDashboard({ DashboardName }, { store }) {
      const { arn, body, name } = needDashboard(
        store.of(dashboards).get(DashboardName),
        DashboardName,
      );
      return { DashboardArn: arn, DashboardBody: body, DashboardName: name };
    },

    ListDashboards({ DashboardNamePrefix = "", NextToken }, { store }) {
      const all = store.of(dashboards).filter(({ name }) => name.startsWith(DashboardNamePrefix));
      const { items, next } = cutPage(
        all.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        {
          key: ({ name }) => name,
          size: PAGE,
          token: NextToken,
          of: "dashboards",
          invalid: () => invalidValue(invalidToken().message),
        },
      );
      const entries = items.map(({ name, arn, body, modifiedAt }) => ({
        DashboardName: name,
        DashboardArn: arn,
        LastModified: new Date(modifiedAt),
        Size: Buffer.byteLength(body),
      }));
      return { DashboardEntries: entries, NextToken: next };
    },

    DeleteDashboards({ DashboardNames }, { store }) {
      // Where one is not there, none is deleted: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteDashboards.html
      for (const name of DashboardNames) needDashboard(store.of(dashboards).get(name), name);
      for (const name of DashboardNames) store.of(dashboards).delete(name);
      return {};
    },
  };

function needDashboard<T>(dashboard: T | undefined, name: string): T {
  if (!dashboard) throw new AwsError("DashboardNotFoundError", `Dashboard ${name} does not exist`);
  return dashboard;
}

/**
 * What is wrong with a body that is kept all the same.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 * @throws AwsError `InvalidParameterInput` where it cannot be kept
 */
function checkBody(text: string): DashboardValidationMessage[] {
  const body = parse(text);
  if (
    typeof body !== "object" ||
    body === null ||
    !("widgets" in body) ||
    !Array.isArray(body.widgets)
  )
    throw refused("/", "The field DashboardBody must be a valid JSON object with an array widgets");
  for (const [index, widget] of (body.widgets as unknown[]).entries()) {
    const path = `/widgets/${index}`;
    if (typeof widget !== "object" || widget === null) throw refused(path, "Should be an object");
    const { type, properties } = widget as { type?: unknown; properties?: unknown };
    if (!WIDGETS.includes(String(type)))
      throw refused(`${path}/type`, `Should match one of: ${WIDGETS.join(", ")}`);
    if (typeof properties !== "object" || properties === null)
      throw refused(path, "Should have required property 'properties'");
  }
  return [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused("/", "The field DashboardBody must be a valid JSON object");
  }
}

const invalidInput = (message: string, messages: readonly DashboardValidationMessage[] = []) =>
  new AwsError("DashboardInvalidInputError", message, {
    fields: { dashboardValidationMessages: messages },
  });

const refused = (DataPath: string, Message: string) =>
  invalidInput("The dashboard body is invalid, there are 1 validation errors", [
    { DataPath, Message },
  ]);
