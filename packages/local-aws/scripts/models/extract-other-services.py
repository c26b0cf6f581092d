"""Writes what AWS's services are recognised by, beyond those that Local AWS models, from botocore.

    python3 scripts/models/extract-other-services.py

other-services.json: id -> [signing name, protocol, target prefix, API version], of every service whose model is not in
src/models/. other-routes.json: id -> [method, path, operation] of each operation of those that are told by their routes.
"""
import json
import pathlib

import botocore
import botocore.session

MODELS = pathlib.Path(__file__).parents[2] / "src/models"
PROTOCOLS = {
    "query": "query",
    "ec2": "ec2Query",
    "rest-xml": "restXml",
    "rest-json": "restJson",
    "smithy-rpc-v2-cbor": "rpc-v2-cbor",
}
# botocore's ids of the services that Local AWS models.
MODELLED = {
    "ecs", "elbv2", "ec2", "iam", "sts", "logs", "ecr", "s3", "ssm", "kms", "secretsmanager", "application-autoscaling",
    "cloudwatch", "events", "scheduler", "servicediscovery", "autoscaling", "codebuild", "codeconnections", "codedeploy",
    "codepipeline", "codestar-connections", "resourcegroupstaggingapi",
}


def protocol(metadata):
    name = metadata["protocol"]
    return f"awsJson{metadata.get('jsonVersion', '1.1')}" if name == "json" else PROTOCOLS[name]


def main():
    session = botocore.session.get_session()
    services, routes = {}, {}
    for name in sorted(set(session.get_available_services()) - MODELLED):
        model = session.get_service_model(name)
        spoken = protocol(model.metadata)
        target = model.metadata.get("targetPrefix", "")
        services[name] = [model.signing_name, spoken, target, model.api_version]
        if spoken in ("restXml", "restJson"):
            operations = (model.operation_model(each) for each in model.operation_names)
            routes[name] = [
                [each.http["method"], each.http["requestUri"].split("?")[0].split("#")[0], each.name]
                for each in operations
            ]
    for file, table in (("other-services", services), ("other-routes", routes)):
        rows = ",\n".join(f"{json.dumps(key)}:{json.dumps(row, separators=(',', ':'))}" for key, row in table.items())
        (MODELS / f"{file}.json").write_text(f"{{\n{rows}\n}}\n")


if __name__ == "__main__":
    main()
