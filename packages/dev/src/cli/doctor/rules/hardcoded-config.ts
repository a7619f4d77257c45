import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Node } from '@babel/types'
import { replaceFile } from '../../project/replace-file.js'
import type { Project } from '../project.js'
import type { Finding, Rule } from '../rule.js'
import { factoriesIn } from '../server/factories.js'
import type { SourceFile } from '../source-file.js'
import { textOf } from '../syntax/names.js'
import { entryOf } from '../syntax/objects.js'

export const hardcodedConfig: Rule = {
  code: 'hardcoded-config',
  severity: 'warning',
  mend: { text: 'Read it from the environment: AUTH0_DOMAIN and AUTH0_AUDIENCE. createAuth() does so by itself.' },
  docs: 'docs/quickstart.md#2-say-which-tenant-and-which-api',
  check: (project) =>
    project.sources.flatMap((source) => {
      const settings = settingsIn(source)
      const others = domainsIn(source).filter((node) => settings.every((setting) => setting.node !== node))
      return [
        ...settings.map(({ node, variable }) => findingOf(project, source, { node, variable })),
        ...others.map((node) => findingOf(project, source, { node })),
      ]
    }),
}

const tenant = /^(?:https?:\/\/)?[a-z0-9][\w-]*(?:\.[a-z]{2}(?:-\d)?)?\.auth0\.com(?:\/|$)/i
/** Hosts of Auth0 that are no tenants, and names that stand for one. */
const noTenant =
  /^(?:https?:\/\/)?(?:(?:auth0|blog|cdn|community|docs|login|manage|marketplace|samples|status|support|www)\.|(?:[\w-]*(?:your|example|my-?tenant|placeholder)[\w-]*|tenant|domain|x+)\.)/i
const placeholder = /\b(?:example\.(?:com|org|net)|localhost|127\.0\.0\.1|your[-_])/i

interface Setting {
  readonly node: Node
  /** The variable that would say it. */
  readonly variable?: string
}

const variables: readonly (readonly [string, string])[] = [
  ['domain', 'AUTH0_DOMAIN'],
  ['issuerBaseURL', 'AUTH0_DOMAIN'],
  ['audience', 'AUTH0_AUDIENCE'],
]

function settingsIn(source: SourceFile): readonly Required<Setting>[] {
  return factoriesIn(source).flatMap(({ options }) =>
    variables.flatMap(([option, variable]) => {
      const node = typeof options === 'object' ? entryOf(options, option) : undefined
      const text = textOf(node)
      const isReal = text !== undefined && /[.:]/.test(text) && !noTenant.test(text) && !placeholder.test(text)
      return node !== undefined && isReal ? [{ node, variable }] : []
    }),
  )
}

function domainsIn(source: SourceFile): readonly Node[] {
  const nodes: Node[] = []
  source.visit((node, [parent]) => {
    const text = textOf(node)
    if (text === undefined || node.type === 'TSAsExpression' || !tenant.test(text) || noTenant.test(text)) return
    if (parent !== undefined && !isName(node, parent)) nodes.push(node)
  })
  return nodes
}

/** Names of claims and types look like URLs as well; what stands beside a variable is for when there is none. */
function isName(node: Node, parent: Node): boolean {
  const { type } = parent
  if (type === 'MemberExpression' || type === 'OptionalMemberExpression' || type === 'TSLiteralType') return true
  if (type === 'ObjectProperty') return parent.key === node
  return type === 'LogicalExpression' || /^(?:Import|Export)/.test(type)
}

function findingOf({ folder, environment }: Project, source: SourceFile, { node, variable }: Setting): Finding {
  const place = source.placeOf(node)
  const value = textOf(node) ?? ''
  const message =
    variable === 'AUTH0_AUDIENCE'
      ? 'The audience is written into the source: another stage has another one.'
      : 'The tenant is written into the source: another stage has another one.'
  const finding = { place, message, evidence: value }
  const isSaid = variable !== undefined && environment[variable] === value
  return isSaid ? { ...finding, repair: () => readInstead(join(folder, source.file), node, variable) } : finding
}

/** The environment says the same already, so nothing gets lost. */
async function readInstead(path: string, { start, end }: Node, variable: string): Promise<void> {
  const text = await readFile(path, 'utf8')
  const before = text.slice(0, start ?? 0)
  const after = text.slice(end ?? 0)
  if (!/^(['"`]).*\1$/.test(text.slice(start ?? 0, end ?? 0))) throw new Error('the file has changed')
  await replaceFile(path, `${before}process.env['${variable}']${after}`, (await stat(path)).mode & 0o777)
}
