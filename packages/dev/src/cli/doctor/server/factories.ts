import type { ObjectExpression } from '@babel/types'
import type { SourceFile } from '../source-file.js'
import { type Call, callsIn } from '../syntax/calls.js'
import { importsAny, localsOf } from '../syntax/imports.js'
import { objectOf } from '../syntax/objects.js'

export interface Factory {
  readonly call: Call
  readonly isSallyport: boolean
  /** Its options, `none` where there are none, and nothing where they cannot be seen. */
  readonly options: ObjectExpression | 'none' | undefined
}

/** What takes the settings of an API, by the module it comes from, with the place of its options. */
const factories: readonly { readonly module: RegExp; readonly names: readonly string[]; readonly at: number }[] = [
  { module: /^sallyport\/(?:fastify|express|hono|fetch)$/, names: ['createAuth'], at: 0 },
  { module: /^sallyport$/, names: ['createResourceServer'], at: 0 },
  { module: /^express-oauth2-jwt-bearer$/, names: ['auth'], at: 0 },
  { module: /^@auth0\/auth0-api-js$/, names: ['ApiClient'], at: 0 },
  { module: /^@auth0\/auth0-fastify-api$/, names: ['default'], at: 1 },
  { module: /^@auth0\/auth0-spa-js$/, names: ['createAuth0Client', 'Auth0Client'], at: 0 },
]

export function factoriesIn(source: SourceFile): readonly Factory[] {
  const plain = factories.flatMap(({ module, names, at }) => {
    const locals = localsOf(source, module, names)
    if (locals.length === 0) return []
    const calls = callsIn(source).filter(({ path = '', parameters }) =>
      at === 0 ? locals.includes(path) : locals.some((local) => isNamed(parameters[0], local)),
    )
    return calls.map((call) => factoryOf(source, call, { at, isSallyport: module.source.startsWith('^sallyport') }))
  })
  if (!importsAny(source, /^sallyport\/nestjs$/)) return plain
  const modules = callsIn(source).filter(({ path }) => path === 'SallyportModule.forRoot')
  return [...plain, ...modules.map((call) => factoryOf(source, call, { at: 0, isSallyport: true }))]
}

function factoryOf(source: SourceFile, call: Call, { at, isSallyport }: { at: number; isSallyport: boolean }): Factory {
  const given = call.parameters[at]
  return { call, isSallyport, options: given === undefined ? 'none' : objectOf(source, given) }
}

function isNamed(node: Call['parameters'][number] | undefined, name: string): boolean {
  return node?.type === 'Identifier' && node.name === name
}
