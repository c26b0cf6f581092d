import type { Parameter } from "@aws-sdk/client-ssm";
import type { Handlers } from "../../protocol/typed.ts";
import type { Members } from "../kit/members.ts";
import { cutPage } from "../kit/pages.ts";
import { defineService, type CallContext, type Service } from "../service.ts";
import { invalidNextToken, parameterNotFound, versionNotFound } from "./faults.ts";
import { findPublic, publicParameters, splitName, type PublicParameter } from "./state.ts";

type SsmHandlers = Handlers<typeof import("@aws-sdk/client-ssm"), CallContext>;

function toApi(found: PublicParameter, region: string, selector = ""): Parameter {
  return {
    Name: found.name,
    Type: "String",
    Value: found.value,
    Version: found.version,
    ...(selector !== "" && { Selector: selector }),
    LastModifiedDate: new Date(found.modifiedAt),
    ARN: `arn:aws:ssm:${region}::parameter${found.name}`,
    DataType: found.name.endsWith("/image_id") ? "aws:ec2:image" : "text",
  };
}

const handlers = {
  GetParameter({ Name: reference = "" }, { region }) {
    const found = findPublic(region, reference);
    if (!found) {
      const { name, selector } = splitName(reference);
      throw selector === "" ? parameterNotFound() : versionNotFound(name, selector);
    }
    return { Parameter: toApi(found, region, splitName(reference).selector) };
  },

  GetParameters({ Names = [] }, { region }) {
    const read = Names.map((name) => ({ name, found: findPublic(region, name) }));
    return {
      Parameters: read.flatMap(({ name, found }) =>
        found ? [toApi(found, region, splitName(name).selector)] : [],
      ),
      InvalidParameters: read.flatMap(({ name, found }) => (found ? [] : [name])),
    };
  },

  GetParametersByPath(input, { region }) {
    const path = (input.Path ?? "").replace(/\/?$/, "/");
    // A path that cannot hold public parameters is refused as a name would be.
    findPublic(region, path);
    const below = publicParameters(region).filter(
      ({ name }) =>
        name.startsWith(path) &&
        (input.Recursive === true || !name.slice(path.length).includes("/")),
    );
    const { items, next } = cutPage(below, {
      key: ({ name }) => name,
      size: input.MaxResults ?? 10,
      token: input.NextToken,
      of: `parameters ${path}`,
      invalid: invalidNextToken,
    });
    return { Parameters: items.map((found) => toApi(found, region)), NextToken: next };
  },
} satisfies SsmHandlers;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: { GetParametersByPathRequest: "ParameterFilters" },
  meaningless: [
    {
      why: ["Public parameters are not encrypted.", "パブリックパラメータは暗号化されていません。"],
      members: {
        GetParameterRequest: "WithDecryption",
        GetParametersRequest: "WithDecryption",
        GetParametersByPathRequest: "WithDecryption",
      },
    },
  ],
  usedIn: {},
};

/** AWS Systems Manager: the public parameters that name the ECS-optimized images. Nothing else of it is there yet. */
export const ssm = defineService({
  id: "ssm",
  fault: "InternalServerError",
  members,
  shown: [],
  handlers: handlers as Service["handlers"],
});
