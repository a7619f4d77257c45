import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Finding, Rule } from '../rule.js'
import { corsIn } from '../server/cors.js'
import { globalsOf, looksLikeGuard } from '../server/guards.js'
import { rootOf, routesOf } from '../server/routes.js'
import type { SourceFile } from '../source-file.js'
import { callOf } from '../syntax/calls.js'
import { isFunction } from '../syntax/functions.js'
import { importsAny } from '../syntax/imports.js'
import { memberOf } from '../syntax/names.js'

export const corsOrder: Rule = {
  code: 'cors-order',
  severity: 'warning',
  mend: { text: 'Set CORS up before the first guard: a preflight has no token, and a refusal needs its headers too.' },
  docs: 'docs/frameworks.md',
  check: ({ sources }) => sources.flatMap((source) => [...corsIn(source)].flatMap(({ call }) => lateIn(source, call))),
}

function lateIn(source: SourceFile, call: ReturnType<typeof corsIn>[number]['call']): readonly Finding[] {
  const registration = call.name === 'register' ? call : registrationAround(call.around)
  const member = registration && memberOf(registration.node.callee)
  if (registration === undefined || member === undefined) return []
  const app = rootOf(member.object)
  const scope = registration.around.find(isFunction)
  const earlier = guardsIn(source, app).filter(
    ({ node, around }) => around.find(isFunction) === scope && (node.start ?? 0) < (registration.node.start ?? 0),
  )
  if (earlier.length === 0) return []
  const message = 'CORS comes after a guard: what the guard answers lacks the headers that browsers want.'
  return [{ place: source.placeOf(registration.node), evidence: evidenceOf(source, registration.node), message }]
}

/** `app.use(cors())`, for all paths. */
function registrationAround([parent, ...beyond]: readonly Node[]) {
  const call = parent && callOf(parent, beyond)
  return call?.name === 'use' && call.parameters.length === 1 ? call : undefined
}

/** Fastify runs hooks of the app before those of routes, wherever they stand. */
function guardsIn(source: SourceFile, app: string) {
  const ofApp = globalsOf(source)
    .filter((one) => one.app === app && one.nodes.some((node) => looksLikeGuard(source, node)))
    .map(({ call }) => call)
  const isFastify = importsAny(source, /^fastify$/)
  const ofRoutes = routesOf(source)
    .filter((route) => route.app === app && route.before.some((node) => looksLikeGuard(source, node)))
    .map(({ call }) => call)
  return isFastify ? ofApp : [...ofApp, ...ofRoutes]
}
