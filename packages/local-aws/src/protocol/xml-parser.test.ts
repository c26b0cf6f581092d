import { describe, expect, it } from "vitest";
import { parseXml } from "./xml-parser.ts";

describe("the XML parser", () => {
  it("reads elements, attributes, text and CDATA without their prefixes", () => {
    const root = parseXml(
      '<?xml version="1.0"?><!-- x --><a:Root xmlns:a="u" b=\'1\'><Key> k </Key><C><![CDATA[<&>]]></C></a:Root>',
    );
    expect(root.name).toBe("Root");
    expect(root.attributes).toEqual({ "xmlns:a": "u", b: "1" });
    expect(root.children.map(({ name, text }) => [name, text])).toEqual([
      ["Key", " k "],
      ["C", "<&>"],
    ]);
  });

  it("resolves the five entities and character references", () => {
    expect(parseXml("<a>&lt;&amp;&gt;&quot;&apos;&#10;&#x1F600;</a>").text).toBe("<&>\"'\n😀");
  });

  it("reads line ends as XML says, but keeps those that are written as references", () => {
    expect(parseXml("<a>1\r\n2\r3&#13;</a>").text).toBe("1\n2\n3\r");
  });

  it.each([
    ["", "ends too early"],
    ["<a>", "ends too early"],
    ["<a></b>", "does not match"],
    ["<a/><b/>", "second root"],
    ["x<a/>", "outside the root"],
    ["<a b=1/>", "not closed"],
    ["<a>&nbsp;</a>", "unknown reference"],
    ["<a>&#x110000;</a>", "unknown reference"],
    ["<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "not a tag"],
    ["<a><![CDATA[</a>", "no ]]>"],
    ["<a>".repeat(101), "nested too deeply"],
  ])("refuses %j", (source, reason) => {
    expect(() => parseXml(source)).toThrow(reason);
  });
});
