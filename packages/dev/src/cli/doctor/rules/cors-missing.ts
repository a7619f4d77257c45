import type { Project } from '../project.js'
import type { Rule } from '../rule.js'
import { controllersOf } from '../server/controllers.js'
import { thinksOfCors } from '../server/cors.js'
import { routesOf } from '../server/routes.js'
import { serverFilesOf } from '../server/server-files.js'
import type { SourceFile } from '../source-file.js'
import { callsIn } from '../syntax/calls.js'
import { localsOf } from '../syntax/imports.js'

export const corsMissing: Rule = {
  code: 'cors-missing',
  severity: 'warning',
  mend: {
    text: 'Register the CORS plugin of your framework before the routes, with the origin of the browser client.',
  },
  docs: 'docs/quickstart.md#common-mistakes',
  check: (project) => {
    const servers = serverFilesOf(project)
    const hasRoutes = servers.some((source) => routesOf(source).length > 0 || controllersOf(source).length > 0)
    if (!hasRoutes || !hasBrowserClient(project) || servesTheClient(project)) return []
    if (project.sources.some(thinksOfCors)) return []
    const created = servers.flatMap((source) => creationsIn(source).map((call) => source.placeOf(call.node)))
    const message =
      'There is a browser client in this project, and the API allows no other origin: browsers will not ask it.'
    return created.slice(0, 1).map((place) => ({ place, message }))
  },
}

const browserClient =
  /^(?:@auth0\/auth0-(?:react|vue|angular|spa-js)|react-dom|vue|svelte|@angular\/core|solid-js|preact)$/
/** The page comes from the same origin, or seems to. */
const sameOrigin =
  /^(?:next|nuxt|astro|gatsby|@sveltejs\/kit|@remix-run\/.*|@react-router\/dev|@fastify\/(?:static|vite|http-proxy)|serve-static|http-proxy-middleware|sirv|@nestjs\/serve-static)$/

function hasBrowserClient({ packageJson }: Project): boolean {
  return Object.keys(packageJson?.dependencies ?? {}).some((name) => browserClient.test(name))
}

function servesTheClient({ packageJson, sources }: Project): boolean {
  return (
    Object.keys(packageJson?.dependencies ?? {}).some((name) => sameOrigin.test(name)) ||
    /"proxy"\s*:/.test(packageJson?.text ?? '') ||
    sources.some(({ text }) =>
      /express\.static|serveStatic|sendFile|\bproxy\s*:|renderToString|renderToPipe/.test(text),
    )
  )
}

function creationsIn(source: SourceFile) {
  const makers = [...localsOf(source, /^(?:fastify|express|koa)$/), ...localsOf(source, 'hono', ['Hono'])]
  return callsIn(source).filter(({ path = '' }) => makers.includes(path) || path === 'NestFactory.create')
}
