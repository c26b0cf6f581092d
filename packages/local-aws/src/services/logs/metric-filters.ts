import type {
  MetricFilter as FilterView,
  MetricTransformation,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope } from "../../store/store.ts";
import type { CallContext } from "../service.ts";
import { filterMissing, invalidParameter, tooManyFilters } from "./faults.ts";
import { extractFields } from "./filter-pattern/extract-fields.ts";
import { parseFilterPattern } from "./filter-pattern/filter-pattern.ts";
import { compareNames, needGroup } from "./find.ts";
import { page } from "./pages.ts";
import { filtersByGroup, metricFilters, type MetricFilter } from "./state.ts";

const MOST_FILTERS = 100;
const MOST_DIMENSIONS = 3;

/** Each has one transformation, as AWS has it. */
export const metricFilterHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch-logs"),
  CallContext
> = {
  PutMetricFilter(input, { store, clock }) {
    const { logGroupName, filterName, filterPattern, metricTransformations } = input;
    needGroup(store, logGroupName);
    if (/[:*]/.test(filterName)) throw invalidParameter("A filter's name has neither : nor *.");
    parseFilterPattern(filterPattern);
    const [transformation] = metricTransformations;
    if (!transformation) throw invalidParameter("metricTransformations must have one item.");
    checkTransformation(transformation, filterPattern);
    const key = filterKey(logGroupName, filterName);
    const before = store.of(metricFilters).get(key);
    if (!before && filtersOf(store, logGroupName).length >= MOST_FILTERS) throw tooManyFilters();
    store.of(metricFilters).put(key, {
      groupName: logGroupName,
      name: filterName,
      pattern: filterPattern,
      createdAt: before?.createdAt ?? clock.now(),
      transformation: kept(transformation),
    });
    return {};
  },

  DescribeMetricFilters(input, { store }) {
    const { logGroupName, filterNamePrefix = "", metricName, metricNamespace } = input;
    if (logGroupName !== undefined) needGroup(store, logGroupName);
    if ((metricName === undefined) !== (metricNamespace === undefined))
      throw invalidParameter("metricName and metricNamespace have to be given together.");
    const all =
      logGroupName === undefined
        ? store.of(metricFilters).values()
        : filtersOf(store, logGroupName);
    const found = all
      .filter(({ name }) => name.startsWith(filterNamePrefix))
      .filter(
        ({ transformation: its }) =>
          metricName === undefined ||
          (its.name === metricName && its.namespace === metricNamespace),
      )
      .toSorted((a, b) => compareNames(a.name, b.name) || compareNames(a.groupName, b.groupName));
    const key = ({ name, groupName }: Readonly<MetricFilter>) => `${name} ${groupName}`;
    const { items, nextToken } = page(
      found,
      { nextToken: input.nextToken, limit: input.limit ?? 50 },
      "metric filters",
      key,
    );
    return { metricFilters: items.map(viewOf), nextToken };
  },

  DeleteMetricFilter({ logGroupName, filterName }, { store }) {
    needGroup(store, logGroupName);
    if (!store.of(metricFilters).delete(filterKey(logGroupName, filterName))) throw filterMissing();
    return {};
  },

  TestMetricFilter({ filterPattern, logEventMessages }) {
    const matches = parseFilterPattern(filterPattern);
    const found = logEventMessages.flatMap((message, index) =>
      matches(message)
        ? [
            {
              eventNumber: index + 1,
              eventMessage: message,
              extractedValues: Object.fromEntries(extractFields(filterPattern, message)),
            },
          ]
        : [],
    );
    return { matches: found };
  },
};

/** The id of a filter. */
export const filterKey = (groupName: string, name: string) => `${groupName}:${name}`;

/** The metric filters of a group. */
export const filtersOf = (store: Scope, groupName: string): Readonly<MetricFilter>[] =>
  store.of(metricFilters).by(filtersByGroup, groupName);

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html */
function checkTransformation(
  {
    metricValue = "",
    dimensions = {},
    defaultValue,
    metricName = "",
    metricNamespace = "",
  }: MetricTransformation,
  pattern: string,
): void {
  if (metricName === "" || metricNamespace === "" || metricNamespace.startsWith("AWS/"))
    throw invalidParameter("A metric has a name, and a namespace that does not begin with AWS/.");
  if (!Number.isFinite(Number(metricValue || "none")) && !metricValue.startsWith("$"))
    throw invalidParameter(
      `Invalid metric transformation: ${metricValue} is neither a number nor a field.`,
    );
  const names = Object.keys(dimensions);
  if (names.length === 0) return;
  if (names.length > MOST_DIMENSIONS)
    throw invalidParameter(`A metric filter can have at most ${MOST_DIMENSIONS} dimensions.`);
  if (defaultValue !== undefined)
    throw invalidParameter(
      "Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
    );
  if (!/^\s*[{[]/.test(pattern))
    throw invalidParameter(
      "Dimensions come of fields, which patterns of JSON and of fields between spaces have.",
    );
}

function kept(given: MetricTransformation): MetricFilter["transformation"] {
  const {
    metricName = "",
    metricNamespace = "",
    metricValue = "",
    defaultValue,
    dimensions,
    unit,
  } = given;
  return {
    name: metricName,
    namespace: metricNamespace,
    value: metricValue,
    defaultValue,
    dimensions,
    unit,
  };
}

function viewOf({
  groupName,
  name,
  pattern,
  createdAt,
  transformation: its,
}: Readonly<MetricFilter>): FilterView {
  return {
    filterName: name,
    filterPattern: pattern,
    logGroupName: groupName,
    creationTime: createdAt,
    metricTransformations: [
      {
        metricName: its.name,
        metricNamespace: its.namespace,
        metricValue: its.value,
        defaultValue: its.defaultValue,
        dimensions: its.dimensions && { ...its.dimensions },
        unit: its.unit,
      },
    ],
  };
}
