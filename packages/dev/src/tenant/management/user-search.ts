import { badQuery } from './management-failure.js'

type Test = (user: object) => boolean

const maxLength = 1000
const term = /(NOT +|-)?([\w.]+):("(?:[^"\\]|\\.)*"|[^\s()[\]{}"]+)/y
const joint = / +(AND|OR) +/y

/**
 * As much of Lucene's syntax as people write: `email:"ada@example.com"`, `name:Ada*`, `_exists_:blocked`, joined by `AND`, `OR`
 * and `NOT`.
 *
 * @throws {ManagementFailure} 400 for all else.
 */
export function userSearch(q: string): Test {
  const text = q.trim()
  const alternatives: Test[][] = [[]]
  let at = 0
  while (text.length <= maxLength) {
    term.lastIndex = at
    const [found, negation, path, value] = term.exec(text) ?? []
    if (found === undefined || path === undefined || value === undefined) break
    const test = testOf(path, value)
    alternatives.at(-1)?.push(negation === undefined ? test : (user) => !test(user))
    at += found.length
    if (at === text.length) return (user) => alternatives.some((tests) => tests.every((one) => one(user)))
    joint.lastIndex = at
    const [joined, word] = joint.exec(text) ?? []
    if (joined === undefined) break
    if (word === 'OR') alternatives.push([])
    at += joined.length
  }
  throw badQuery('The local tenant searches for field:value, joined by AND, OR and NOT', 'q')
}

function testOf(path: string, value: string): Test {
  if (path === '_exists_') return (user) => valuesAt(user, value.split('.')).length > 0
  const isWanted = value.startsWith('"') ? equalTo(value.slice(1, -1)) : like(value)
  return (user) => valuesAt(user, path.split('.')).some((one) => isWanted(String(one).toLowerCase()))
}

function equalTo(value: string): (text: string) => boolean {
  const wanted = value.replace(/\\(.)/g, '$1').toLowerCase()
  return (text) => text === wanted
}

function like(value: string): (text: string) => boolean {
  const parts = value.toLowerCase().split(/\*+/)
  const escaped = parts.map((part) => part.replace(/\\(.)/g, '$1').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(`^${escaped.join('.*')}$`, 's')
  return (text) => pattern.test(text)
}

/** In a list, those of every item. */
function valuesAt(value: unknown, [name, ...rest]: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, name === undefined ? [] : [name, ...rest]))
  if (name === undefined) return value === undefined || value === null ? [] : [value]
  const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return isThere ? valuesAt((value as Record<string, unknown>)[name], rest) : []
}
