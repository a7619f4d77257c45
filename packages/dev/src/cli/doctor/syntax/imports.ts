import type { Node } from '@babel/types'
import type { SourceFile } from '../source-file.js'
import { nameOf, textOf, unwrapped } from './names.js'

export interface Import {
  readonly module: string
  /** `default`, `*`, or the name there. Nothing where all that counts is that the module runs. */
  readonly imported: string | undefined
  readonly local: string | undefined
  readonly isTypeOnly: boolean
  readonly node: Node
}

const known = new WeakMap<SourceFile, readonly Import[]>()

/** `import`, `export … from`, `require`, and `import()`. */
export function importsOf(source: SourceFile): readonly Import[] {
  const imports = known.get(source) ?? findImports(source)
  known.set(source, imports)
  return imports
}

/** The local names of what a module exports under one of the names; `undefined` stands for any. */
export function localsOf(source: SourceFile, module: string | RegExp, imported?: readonly string[]): readonly string[] {
  return importsOf(source)
    .filter((one) => (typeof module === 'string' ? one.module === module : module.test(one.module)))
    .filter((one) => imported === undefined || imported.includes(one.imported ?? ''))
    .flatMap(({ local }) => local ?? [])
}

export function importsAny(source: SourceFile, module: RegExp): boolean {
  return importsOf(source).some((one) => module.test(one.module))
}

function findImports(source: SourceFile): readonly Import[] {
  const imports: Import[] = []
  source.visit((node, around) => {
    imports.push(...declared(node), ...required(node, around))
  })
  return imports
}

function declared(node: Node): readonly Import[] {
  if (node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && node.source)) {
    const isTypeOnly = node.exportKind === 'type'
    return [{ module: node.source?.value ?? '', imported: undefined, local: undefined, isTypeOnly, node }]
  }
  if (node.type !== 'ImportDeclaration') return []
  const module = node.source.value
  const whole = node.importKind === 'type'
  if (node.specifiers.length === 0) return [{ module, imported: undefined, local: undefined, isTypeOnly: whole, node }]
  return node.specifiers.map((specifier) => ({
    module,
    imported: importedName(specifier),
    local: specifier.local.name,
    isTypeOnly: whole || (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type'),
    node,
  }))
}

function importedName(specifier: Node): string {
  if (specifier.type === 'ImportNamespaceSpecifier') return '*'
  if (specifier.type !== 'ImportSpecifier') return 'default'
  return textOf(specifier.imported) ?? nameOf(specifier.imported) ?? ''
}

function required(node: Node, [parent, ...beyond]: readonly Node[]): readonly Import[] {
  const module = requiredModule(node)
  if (module === undefined) return []
  const holder = parent?.type === 'AwaitExpression' ? beyond[0] : parent
  const base = { module, isTypeOnly: false, node }
  if (holder?.type !== 'VariableDeclarator') return [{ ...base, imported: undefined, local: undefined }]
  if (holder.id.type === 'Identifier') return [{ ...base, imported: 'default', local: holder.id.name }]
  if (holder.id.type !== 'ObjectPattern') return [{ ...base, imported: undefined, local: undefined }]
  return holder.id.properties.flatMap((property) => {
    if (property.type !== 'ObjectProperty') return []
    return [{ ...base, imported: nameOf(property.key), local: nameOf(property.value) }]
  })
}

function requiredModule(given: Node): string | undefined {
  const node = unwrapped(given)
  if (node !== given || node.type !== 'CallExpression') return undefined
  const isImport = node.callee.type === 'Import' || nameOf(node.callee) === 'require'
  return isImport ? textOf(node.arguments[0]) : undefined
}
