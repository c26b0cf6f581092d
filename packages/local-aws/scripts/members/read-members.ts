import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ElementAccessExpression,
  type Expression,
  isBinaryExpression,
  isCallExpression,
  isElementAccessExpression,
  isIdentifier,
  isInterfaceDeclaration,
  isNewExpression,
  isObjectBindingPattern,
  isPropertyAccessExpression,
  isSpreadAssignment,
  isStringLiteral,
  type Node,
  type ObjectBindingPattern,
  type SourceFile,
} from "typescript/unstable/ast";
import { API, type Checker, type Symbol, type Type } from "typescript/unstable/sync";

const source = join(import.meta.dirname, "../../src");
const root = join(import.meta.dirname, "../../../..");

/** A part of the code that reads something of a value: the value, and the members that it reads. */
interface Reading {
  readonly value: Node;
  readonly names: readonly string[];
}

/**
 * The members of the SDK's structures that the code of Local AWS reads, as `client-ecs CreateServiceRequest.cluster`.
 * The compiler says of each `value.name`, `{ name } = value` and `value["name"]` which structure's member that is; a value
 * that is handed to a function has those members read that the function's parameter declares.
 */
export function readMembers(): ReadonlySet<string> {
  const folder = mkdtempSync(join(tmpdir(), "read-members-"));
  const config = join(folder, "tsconfig.json");
  const include = [join(source, "services/**/*.ts"), join(source, "engine/**/*.ts")];
  const extended = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: { typeRoots: [join(root, "node_modules/@types")] },
    include,
    exclude: ["**/*.test.ts"],
  };
  writeFileSync(config, JSON.stringify(extended));
  const api = new API({ cwd: root });
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    if (project === undefined) throw new Error("The compiler does not know the project");
    const found = new Set<string>();
    for (const name of project.program.getSourceFileNames()) {
      if (!name.startsWith(source)) continue;
      const file = project.program.getSourceFile(name);
      if (file) new FileReader(file, project.checker, found).read();
    }
    return found;
  } finally {
    api.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class FileReader {
  readonly #readings: Reading[] = [];
  /** Values, and the places whose expected type says what is made of them. */
  readonly #handed: (readonly [value: Expression, place: Node])[] = [];
  readonly #compared = new Set<string>();
  readonly #file: SourceFile;
  readonly #checker: Checker;
  readonly #found: Set<string>;

  constructor(file: SourceFile, checker: Checker, found: Set<string>) {
    this.#file = file;
    this.#checker = checker;
    this.#found = found;
  }

  read(): void {
    this.#visit(this.#file);
    const types = this.#typesOf(this.#readings.map(({ value }) => value));
    for (const [index, { names }] of this.#readings.entries())
      for (const name of names) this.#note(this.#propertyOf(types[index], name));
    const values = this.#typesOf(this.#handed.map(([value]) => value));
    for (const [index, [, place]] of this.#handed.entries())
      if (hasMembers(values[index]))
        this.#compare(values[index], this.#checker.getContextualType(place as Expression), 0);
  }

  #typesOf(nodes: readonly Node[]): (Type | undefined)[] {
    return this.#checker.getTypeAtLocation(nodes);
  }

  #visit(node: Node): void {
    if (isPropertyAccessExpression(node))
      this.#readings.push({ value: node.expression, names: [node.name.text] });
    else if (isElementAccessExpression(node)) this.#visitElement(node);
    else if (isObjectBindingPattern(node)) this.#visitPattern(node);
    else if (isSpreadAssignment(node)) this.#handed.push([node.expression, node.parent]);
    else if (isCallExpression(node) || isNewExpression(node))
      for (const argument of (node.arguments ?? []).filter(isValue))
        this.#handed.push([argument, argument]);
    node.forEachChild((child) => this.#visit(child));
  }

  #visitElement(node: ElementAccessExpression): void {
    const type = this.#checker.getTypeAtLocation(node.argumentExpression);
    const types = type?.isUnionType() ? (type.getTypes() ?? []) : [type];
    const names = types.flatMap((one) => (one?.isStringLiteralType() ? [one.value] : []));
    if (names.length > 0) this.#readings.push({ value: node.expression, names });
  }

  #visitPattern(pattern: ObjectBindingPattern): void {
    const names = pattern.elements.flatMap(({ propertyName, name, dotDotDotToken }) => {
      const said = propertyName ?? name;
      return !dotDotDotToken && said && (isIdentifier(said) || isStringLiteral(said))
        ? [said.text]
        : [];
    });
    this.#readings.push({ value: pattern, names });
  }

  #propertyOf(type: Type | undefined, name: string): Symbol | undefined {
    const given = type && this.#checker.getNonNullableType(type);
    return given && this.#checker.getPropertyOfType(given, name);
  }

  #note(symbol: Symbol | undefined): void {
    for (const member of symbol ? membersOf(symbol) : []) this.#found.add(member);
  }

  /** What a function's parameter, or an object, declares of a value, where it is not the value's own structure. */
  #compare(given: Type | undefined, expected: Type | undefined, depth: number): void {
    const pair = `${given?.id} ${expected?.id}`;
    if (!given || !expected || depth > DEEPEST || this.#compared.has(pair)) return;
    this.#compared.add(pair);
    const value = this.#checker.getNonNullableType(given);
    const wanted = this.#checker.getNonNullableType(expected);
    if (!hasMembers(value) || !hasMembers(wanted)) return;
    const item = this.#itemOf(wanted);
    if (item) return this.#compare(this.#itemOf(value), item, depth + 1);
    for (const property of this.#checker.getPropertiesOfType(wanted)) {
      if (membersOf(property).length > 0) continue;
      const own = this.#checker.getPropertyOfType(value, property.name);
      if (!own) continue;
      this.#note(own);
      this.#compare(
        this.#checker.getTypeOfSymbol(own),
        this.#checker.getTypeOfSymbol(property),
        depth + 1,
      );
    }
  }

  /** What a list is of. */
  #itemOf(type: Type): Type | undefined {
    if (!this.#checker.isArrayLikeType(type)) return undefined;
    return this.#checker.getIndexInfosOfType(type)[0]?.valueType;
  }
}

/** How deep a parameter's type is looked into. */
const DEEPEST = 4;

const isValue = (node: Expression): boolean =>
  isIdentifier(node) || isPropertyAccessExpression(node) || isBinaryExpression(node);

/** `client-ecs CreateServiceRequest.cluster`, where a symbol is a member of a structure of the SDK; of several in a union. */
function membersOf(symbol: Symbol): string[] {
  return symbol.declarations.flatMap((declaration) => {
    const client = /@aws-sdk\/(client-[a-z0-9-]+)\/dist-types\/models\//.exec(declaration.path);
    if (!client) return [];
    const { parent } = declaration.resolve() ?? {};
    return parent && isInterfaceDeclaration(parent)
      ? [`${client[1]} ${parent.name.text}.${symbol.name}`]
      : [];
  });
}

const hasMembers = (type: Type | undefined): type is Type =>
  type !== undefined && (type.isObjectType() || type.isUnionType() || type.isIntersectionType());
