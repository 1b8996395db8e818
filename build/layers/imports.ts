import ts from 'typescript';

export interface Import {
  readonly from: string;
  readonly line: number;
  readonly typesOnly: boolean;
}

/** The script blocks of a Vue file, with the line ends of the rest before each, so that line numbers stay. */
function scriptsOfVue(source: string): string {
  let text = '';
  let copied = 0;
  for (const block of source.matchAll(/(<script\b[^>]*>)([\s\S]*?)<\/script>/g)) {
    const start = block.index + (block[1]?.length ?? 0);
    text += source.slice(copied, start).replace(/[^\n]/g, '') + (block[2] ?? '');
    copied = start + (block[2]?.length ?? 0);
  }
  return text;
}

function specifierOf(node: ts.Node): { text: string; typesOnly: boolean } | null {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { text: node.moduleSpecifier.text, typesOnly: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
    return { text: node.moduleSpecifier.text, typesOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { text: node.argument.literal.text, typesOnly: true };
  }
  return ts.isCallExpression(node) ? specifierOfCall(node) : null;
}

/** `import('x')` and `require('x')`; a computed name cannot be checked and is reported as `(computed)`. */
function specifierOfCall({ expression, arguments: given }: ts.CallExpression): { text: string; typesOnly: boolean } | null {
  const loads = expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require');
  if (!loads) return null;
  const [name] = given;
  return { text: name !== undefined && ts.isStringLiteralLike(name) ? name.text : '(computed)', typesOnly: false };
}

/** Every import of a source file, dynamic ones and those of types included. */
export function importsOf(fileName: string, source: string): Import[] {
  const text = fileName.endsWith('.vue') ? scriptsOfVue(source) : source;
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TS);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== null) {
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
      found.push({ from: specifier.text, line, typesOnly: specifier.typesOnly });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
