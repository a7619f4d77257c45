import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser'
import * as v from 'valibot'
import { brokenReferences, type SeedPath } from './seed-references.js'
import { type ResolvedSeed, seedSchema } from './seed-schema.js'

/** A mistake in a seed: where it is, and what would be right. */
export class SeedMistake extends Error {
  override readonly name = 'SeedMistake'
}

type MistakeAt = (path: SeedPath, message: string) => SeedMistake

/**
 * Reads a seed file, with comments if it has some.
 *
 * @param file Its name, for the messages.
 * @throws {SeedMistake}
 */
export function readSeed(text: string, file: string): ResolvedSeed {
  const errors: ParseError[] = []
  const tree = parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true })
  const [broken] = errors
  if (broken !== undefined || tree === undefined) {
    const what = broken === undefined ? 'is empty' : `is not JSON: ${printParseErrorCode(broken.error)}`
    throw new SeedMistake(`${file}:${positionOf(text, broken?.offset ?? 0)} ${what}.`)
  }
  const mistake: MistakeAt = (path, message) => {
    const node = nearest(tree, path)
    return new SeedMistake(`${file}:${positionOf(text, node.offset)} ${pathText(path)} ${message}.`)
  }
  const repeated = repeatedPath(tree)
  if (repeated !== undefined) throw mistake(repeated, 'is there twice')
  return resolveSeed(getNodeValue(tree), mistake)
}

/** @throws {SeedMistake} */
export function checkSeed(seed: unknown): ResolvedSeed {
  return resolveSeed(seed, (path, message) => new SeedMistake(`The seed: ${pathText(path)} ${message}.`))
}

function resolveSeed(given: unknown, mistake: MistakeAt): ResolvedSeed {
  if (Array.isArray(given)) throw mistake([], 'must be a JSON object')
  const { issues, output, success } = v.safeParse(seedSchema, given, { abortEarly: true })
  if (!success) {
    const [issue] = issues
    const path = (issue.path ?? []).map(({ key }) => key as string | number)
    throw mistake(path, messageOf(issue))
  }
  const [broken] = brokenReferences(output)
  if (broken !== undefined) throw mistake(broken.path, broken.message)
  return output
}

function messageOf({ message, type, expected, path }: v.BaseIssue<unknown>): string {
  if (type !== 'strict_object' || expected === 'Object') return message
  if (expected === 'never') return 'is not known here'
  return path === undefined ? message : 'is missing'
}

function nearest(tree: Node, path: SeedPath): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(tree, [...path.slice(0, length)])
    if (node !== undefined) return node.parent?.type === 'property' ? node.parent : node
  }
  return tree
}

function positionOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}

function pathText(path: SeedPath): string {
  return path.length === 0
    ? 'it'
    : path.map((key, index) => (isName(key) ? `${index > 0 ? '.' : ''}${key}` : `[${JSON.stringify(key)}]`)).join('')
}

function isName(key: string | number): boolean {
  return typeof key === 'string' && /^[\w$]+$/.test(key)
}

/** Where an object of a file has a member twice: all but one of them would have no effect. */
function repeatedPath({ type, children = [] }: Node): SeedPath | undefined {
  const names = new Set<unknown>()
  for (const [index, child] of children.entries()) {
    const [name, value] = type === 'object' ? (child.children ?? []) : [undefined, child]
    const key = name === undefined ? index : String(name.value)
    if (names.has(key)) return [key]
    names.add(key)
    const below = value === undefined ? undefined : repeatedPath(value)
    if (below !== undefined) return [key, ...below]
  }
  return undefined
}
