import { defineService } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { alarmHandlers } from "./alarms.ts";
import { compositeAlarmHandlers } from "./composite-alarms.ts";
import { dashboardHandlers } from "./dashboards.ts";
import { historyHandlers } from "./history.ts";
import { members } from "./members.ts";
import { metricDataHandlers } from "./metric-data.ts";
import { putDataHandlers } from "./put-data.ts";
import { putMetricAlarmHandlers } from "./put-metric-alarm.ts";
import { alarms, dashboards } from "./state.ts";
import { statisticsHandlers } from "./statistics-calls.ts";
import { tagHandlers } from "./tags.ts";
import { rights } from "./rights.ts";
import { widgetImageHandlers } from "./widget/widget-image.ts";

/** Amazon CloudWatch: metrics and alarms. Anomaly detection, Insights rules and metric streams are not there. */
export const service = defineService({
  id: "cloudwatch",
  rights,
  fault: "InternalServiceFault",
  members,
  tagging: {
    kinds: [taggedKind(alarms), taggedKind(dashboards)],
    ...tagsByArn(["ResourceARN", "Tags", "TagKeys"]),
  },
  handlers: {
    ...putMetricAlarmHandlers,
    ...alarmHandlers,
    ...compositeAlarmHandlers,
    ...dashboardHandlers,
    ...historyHandlers,
    ...putDataHandlers,
    ...metricDataHandlers,
    ...statisticsHandlers,
    ...tagHandlers,
  },
  streaming: { ...widgetImageHandlers },
});
