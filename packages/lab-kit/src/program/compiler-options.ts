/**
 * How a learner's files are type-checked, by the commands and by their editor.
 *
 * Node runs the files as they are, so what its type stripping cannot do is an error. What would refuse code that works
 * is off: a learner who writes `publicSubnets[0].id` or leaves out a parameter's type is right. Editors bring a TypeScript of
 * their own: nothing here is unknown to version 5.9.
 *
 * @param typeRoots the folder that `@types/node` lies in, as a tsconfig.json names it
 * @see https://www.typescriptlang.org/tsconfig/
 */
export function learnerCompilerOptions(typeRoots: string): Readonly<Record<string, unknown>> {
  return {
    target: "esnext",
    lib: ["esnext"],
    module: "nodenext",
    moduleResolution: "nodenext",
    types: ["node"],
    typeRoots: [typeRoots],
    noEmit: true,
    strict: true,
    strictNullChecks: false,
    strictPropertyInitialization: false,
    noImplicitAny: false,
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    resolveJsonModule: true,
    skipLibCheck: true,
  };
}
