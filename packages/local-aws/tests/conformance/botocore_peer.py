"""Speaks AWS's protocols with botocore's own serializers and parsers, one JSON case a line on stdin, one answer a line on stdout.

{"kind": "model", "service": "ecs"} answers the operations that botocore knows, and the protocols in which it may ask for them.
{"kind": "request", service, protocol, operation, input} answers the request that botocore sends, and the input as far
as botocore knows it.
{"kind": "response", service, protocol, operation, output, response} answers how what botocore parses differs from the
output, as far as botocore knows it; null when it does not.
{"kind": "error", service, protocol, operation, response} answers the code, message and status that botocore parses.
"""

import base64
import datetime
import functools
import gzip
import io
import json
import pathlib
import sys
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import botocore
from botocore import parsers, serialize
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.compat import HTTPHeaders
from botocore.model import ServiceModel

PROTOCOLS = {
    "awsJson1.0": "json",
    "awsJson1.1": "json",
    "query": "query",
    "ec2Query": "ec2",
    "restXml": "rest-xml",
    "restJson": "rest-json",
    "rpc-v2-cbor": "smithy-rpc-v2-cbor",
}


@functools.cache
def model_of(service):
    folder = sorted((pathlib.Path(botocore.__file__).parent / "data" / service).iterdir())[-1]
    packed = folder / "service-2.json.gz"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / "service-2.json").read_bytes()
    return ServiceModel(json.loads(text), service)


@functools.cache
def serializer_of(protocol):
    return serialize.create_serializer(PROTOCOLS[protocol], include_validation=False)


@functools.cache
def parser_of(protocol):
    return parsers.create_parser(PROTOCOLS[protocol])


def known(shape, value):
    """The part of a plain value that botocore's shape knows."""
    if shape is None:
        return {}
    if shape.type_name == "structure":
        if getattr(shape, "is_document_type", False):
            return value
        members = shape.members
        return {key: known(members[key], inner) for key, inner in value.items() if key in members}
    if shape.type_name == "list":
        return [known(shape.member, inner) for inner in value]
    if shape.type_name == "map":
        return {key: known(shape.value, inner) for key, inner in value.items()}
    return value


def to_python(shape, value):
    """A plain value with botocore's types: dates and bytes."""
    if shape.type_name == "structure":
        if getattr(shape, "is_document_type", False):
            return value
        return {key: to_python(shape.members[key], inner) for key, inner in value.items()}
    if shape.type_name == "list":
        return [to_python(shape.member, inner) for inner in value]
    if shape.type_name == "map":
        return {key: to_python(shape.value, inner) for key, inner in value.items()}
    if shape.type_name == "timestamp":
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    if shape.type_name == "blob":
        return base64.b64decode(value)
    return value


def with_numbers(shape, value):
    """A known plain value with a number where the SDK has text and botocore a number: S3's part number markers."""
    if shape is None or getattr(shape, "is_document_type", False):
        return value
    if shape.type_name == "structure":
        return {key: with_numbers(shape.members[key], inner) for key, inner in value.items()}
    if shape.type_name == "list":
        return [with_numbers(shape.member, inner) for inner in value]
    return int(value) if shape.type_name == "integer" else value


def to_plain(value):
    if isinstance(value, datetime.datetime):
        moment = value.astimezone(datetime.timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    if isinstance(value, io.BytesIO):
        value = value.read()
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {key: to_plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [to_plain(inner) for inner in value]
    return value


def difference(expected, actual, path):
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in {**expected, **actual}:
            if key not in expected or key not in actual:
                return f"{path}.{key}: {'unexpected' if key in actual else 'missing'}"
            found = difference(expected[key], actual[key], f"{path}.{key}")
            if found:
                return found
        return None
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return f"{path}: expected {len(expected)} items, got {len(actual)}"
        pairs = (difference(*pair, f"{path}[{at}]") for at, pair in enumerate(zip(expected, actual)))
        return next(filter(None, pairs), None)
    return None if expected == actual else f"{path}: expected {expected!r}, got {actual!r}"


def request(case, operation):
    given = known(operation.input_shape, case["input"])
    parameters = to_python(operation.input_shape, given) if operation.input_shape else {}
    serialized = serializer_of(case["protocol"]).serialize_to_request(parameters, operation)
    prepare_request_dict(serialized, endpoint_url="http://localhost:4566", context={})
    prepared = create_request_object(serialized).prepare()
    body = prepared.body if prepared.body is not None else b""
    body = body.encode() if isinstance(body, str) else body.read() if hasattr(body, "read") else body
    headers = {name.lower(): as_text(value) for name, value in prepared.headers.items()}
    url = urlsplit(prepared.url)
    return {
        "input": given,
        "request": {
            "method": prepared.method,
            "url": f"{url.path}?{url.query}" if url.query else url.path,
            "headers": headers,
            "body": base64.b64encode(body).decode(),
        },
    }


def as_text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def parse(case, operation):
    answer = case["response"]
    body = base64.b64decode(answer["body"])
    headers = HTTPHeaders()
    for name, value in answer["headers"].items():
        headers[name] = value
    response = {
        "status_code": answer["status"],
        "headers": headers,
        "body": io.BytesIO(body) if operation.has_streaming_output else body,
        "context": {"operation_name": operation.name},
    }
    return parser_of(case["protocol"]).parse(response, operation.output_shape)


def response(case, operation):
    parsed = parse(case, operation)
    metadata = parsed.pop("ResponseMetadata", {})
    # botocore does not look for the id when an RPC v2 operation has no output.
    has_id = operation.output_shape is not None or case["protocol"] != "rpc-v2-cbor"
    if has_id and metadata.get("RequestId") != "request-id":
        return {"difference": f"request id: {metadata}"}
    expected = with_numbers(operation.output_shape, known(operation.output_shape, case["output"]))
    if isinstance(parsed.get("Expires"), str):
        # botocore keeps this one header as text, because what stands in it need not be a date.
        parsed["Expires"] = parsedate_to_datetime(parsed["Expires"])
    return {"difference": difference(expected, to_plain(parsed), "output")}


def error(case, operation):
    parsed = parse(case, operation)
    status = parsed["ResponseMetadata"]["HTTPStatusCode"]
    return {"code": parsed["Error"]["Code"], "message": parsed["Error"]["Message"], "status": status}


def answer(case):
    model = model_of(case["service"])
    if case["kind"] == "model":
        metadata = model.metadata
        protocols = metadata.get("protocols", [metadata["protocol"]])
        return {"operations": list(model.operation_names), "protocols": protocols}
    handlers = {"request": request, "response": response, "error": error}
    try:
        return handlers[case["kind"]](case, model.operation_model(case["operation"]))
    except Exception as failure:
        return {"failure": f"{type(failure).__name__}: {failure}"}


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


main()
