/** An element of a parsed document. Names are without their namespace prefix. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The element's own text, with references resolved; white space is kept. */
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly qualifiedName: string;
  readonly children: XmlElement[];
  text: string;
}

const NAME = "[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?";
const ATTRIBUTE = new RegExp(`\\s+(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, "y");
const OPEN_NAME = new RegExp(`<(${NAME})`, "y");
const CLOSE_TAG = new RegExp(`</(${NAME})\\s*>`, "y");
const TAG_END = /\s*(\/?)>/y;
const REFERENCE = /&(?:#x([0-9A-Fa-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));|&/g;
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};
const MAX_DEPTH = 100;
/** How many tags a document may have. The 10,000 parts of a multipart upload, each with a checksum, have 80,000. */
const MAX_TAGS = 100_000;

/**
 * Parses an XML document: elements, attributes, text, CDATA, comments, processing instructions. Document types, and with
 * them entities, are refused. Throws a `SyntaxError` that names the place where the document is not well-formed.
 */
export function parseXml(source: string): XmlElement {
  let tags = 0;
  for (let at = source.indexOf("<"); at >= 0; at = source.indexOf("<", at + 1))
    if (++tags > MAX_TAGS) throw new SyntaxError(`The document has more than ${MAX_TAGS} tags`);
  const unmarked = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
  // https://www.w3.org/TR/xml/#sec-line-ends
  return new XmlParser(
    unmarked.includes("\r") ? unmarked.replace(/\r\n?/g, "\n") : unmarked,
  ).parse();
}

class XmlParser {
  readonly #source: string;
  readonly #open: OpenElement[] = [];
  #root: XmlElement | undefined;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): XmlElement {
    while (this.#at < this.#source.length) this.#next();
    if (this.#open.length > 0 || this.#root === undefined)
      throw this.#error("the document ends too early");
    return this.#root;
  }

  #next(): void {
    const source = this.#source;
    if (source[this.#at] !== "<") return this.#text();
    if (source.startsWith("<!--", this.#at)) return this.#skip("<!--", "-->");
    if (source.startsWith("<![CDATA[", this.#at)) return this.#characterData();
    if (source.startsWith("<?", this.#at)) return this.#skip("<?", "?>");
    if (source.startsWith("</", this.#at)) return this.#closeTag();
    return this.#openTag();
  }

  #text(): void {
    const end = this.#source.indexOf("<", this.#at);
    const text = this.#source.slice(this.#at, end < 0 ? undefined : end);
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.text += this.#resolve(text);
    else if (text.trim() !== "") throw this.#error("text outside the root element");
    this.#at += text.length;
  }

  #characterData(): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) throw this.#error("text outside the root element");
    const start = this.#at + "<![CDATA[".length;
    this.#skip("<![CDATA[", "]]>");
    parent.text += this.#source.slice(start, this.#at - "]]>".length);
  }

  #skip(opening: string, closing: string): void {
    const end = this.#source.indexOf(closing, this.#at + opening.length);
    if (end < 0) throw this.#error(`no ${closing} after ${opening}`);
    this.#at = end + closing.length;
  }

  #openTag(): void {
    const qualifiedName = this.#match(OPEN_NAME)?.[1];
    if (qualifiedName === undefined) throw this.#error("not a tag");
    if (this.#open.length === 0 && this.#root !== undefined)
      throw this.#error("a second root element");
    if (this.#open.length >= MAX_DEPTH) throw this.#error("elements are nested too deeply");
    const attributes = this.#attributes();
    const end = this.#match(TAG_END);
    if (end === undefined) throw this.#error(`the tag ${qualifiedName} is not closed`);
    const element: OpenElement = {
      qualifiedName,
      name: localName(qualifiedName),
      attributes,
      children: [],
      text: "",
    };
    this.#root ??= element;
    this.#open.at(-1)?.children.push(element);
    if (end[1] === "") this.#open.push(element);
  }

  #attributes(): Record<string, string> {
    const attributes: Record<string, string> = {};
    for (let found = this.#match(ATTRIBUTE); found !== undefined; found = this.#match(ATTRIBUTE)) {
      attributes[found[1] as string] = this.#resolve(found[2] ?? found[3] ?? "");
    }
    return attributes;
  }

  #closeTag(): void {
    const name = this.#match(CLOSE_TAG)?.[1];
    if (name === undefined || this.#open.pop()?.qualifiedName !== name)
      throw this.#error("an end tag does not match");
  }

  #resolve(text: string): string {
    if (!text.includes("&")) return text;
    return text.replace(REFERENCE, (whole, hex: string, decimal: string, named: string) => {
      if (named !== undefined) return NAMED[named] as string;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      if (whole === "&" || !(code <= 0x10ffff)) throw this.#error("an unknown reference");
      return String.fromCodePoint(code);
    });
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }

  #error(what: string): SyntaxError {
    return new SyntaxError(`Not well-formed XML at character ${this.#at}: ${what}`);
  }
}

function localName(qualifiedName: string): string {
  return qualifiedName.slice(qualifiedName.indexOf(":") + 1);
}
