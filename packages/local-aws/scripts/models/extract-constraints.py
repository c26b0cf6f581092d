"""Prints the input constraints and number kinds that botocore's service models hold, as JSON, one service per call.

The SDK's schemas say which members are required but not which values they take; botocore's models do.
Usage: extract-constraints.py SERVICE   (a directory name under botocore/data)
"""

import gzip
import json
import pathlib
import sys

import botocore

NUMBER_KINDS = {"integer", "long", "float", "double"}


def load_model(service):
    versions = sorted((pathlib.Path(botocore.__file__).parent / "data" / service).iterdir())
    plain = versions[-1] / "service-2.json"
    if plain.exists():
        return json.loads(plain.read_text())
    return json.loads(gzip.decompress((versions[-1] / "service-2.json.gz").read_bytes()))


def constraints_of(name, shape):
    found = {}
    if shape["type"] in NUMBER_KINDS:
        found["kind"] = shape["type"]
    if "enum" in shape:
        found["enumName"] = name
        found["enum"] = shape["enum"]
    for key in ("min", "max", "pattern"):
        if key in shape:
            found[key] = shape[key]
    return found


def extract(model):
    shapes = model["shapes"]
    structs = {}
    waiting = [op["input"]["shape"] for op in model["operations"].values() if "input" in op]
    while waiting:
        struct_name = waiting.pop()
        if struct_name in structs:
            continue
        paths = structs[struct_name] = {}

        def walk(name, path):
            shape = shapes[name]
            found = constraints_of(name, shape)
            if found:
                paths[path] = found
            if shape["type"] == "structure":
                waiting.append(name)
            elif shape["type"] == "list":
                walk(shape["member"]["shape"], path + "[]")
            elif shape["type"] == "map":
                walk(shape["key"]["shape"], path + "{key}")
                walk(shape["value"]["shape"], path + "{value}")

        for member, ref in shapes[struct_name].get("members", {}).items():
            walk(ref["shape"], member)
    return {name: paths for name, paths in sorted(structs.items()) if paths}


def main():
    model = load_model(sys.argv[1])
    json.dump({"botocore": botocore.__version__, "structures": extract(model)}, sys.stdout)


main()
