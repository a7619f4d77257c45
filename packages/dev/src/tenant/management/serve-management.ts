import { type Context, Hono } from 'hono'
import type { TenantContext } from '../tenant-context.js'
import { fieldParameters } from './fields.js'
import { createGuards } from './guard.js'
import { ManagementFailure, notHere } from './management-failure.js'
import type { ManagementRequest, Operation } from './operation.js'
import { notServed, operations } from './operations.js'
import { readPayload } from './payload.js'
import { type QueryRules, readQuery } from './query.js'
import { countRequests } from './rate-limit.js'

const maxPathLength = 200

/** `/api/v2`, guarded by Sallyport itself. What is not there answers 501. */
export function serveManagement(app: Hono, context: TenantContext): void {
  const guardFor = createGuards(context)
  const api = new Hono()
  api.use(countRequests())
  for (const path of notServed) api.get(path, refuse)
  for (const operation of operations) {
    const guard = guardFor(operation.scopes)
    const rules = operation.query ?? (operation.method === 'GET' ? { known: fieldParameters } : {})
    api.on(operation.method, operation.path, async (c) => {
      const auth = await guard(c)
      const request = await requestFrom(c, rules, { context, auth })
      return answered(c, operation, await operation.answer(request))
    })
  }
  api.all('*', refuse)
  api.onError((error, c) => {
    if (!(error instanceof ManagementFailure)) throw error
    for (const [name, value] of Object.entries(error.headers))
      for (const line of [value].flat()) c.header(name, line, { append: true })
    return c.json(error.body, error.status)
  })
  app.route('/api/v2', api)
}

async function requestFrom(
  c: Context,
  rules: QueryRules,
  known: Pick<ManagementRequest, 'context' | 'auth'>,
): Promise<ManagementRequest> {
  const query = readQuery(c.req.url, rules)
  const text = await c.req.text()
  return {
    ...known,
    query,
    param: (name) => c.req.param(name) ?? '',
    body: (schema) => readPayload(text, schema),
  }
}

function answered(c: Context, { status = 200 }: Operation, body: unknown): Response {
  return status === 204 ? c.body(null, 204) : c.json(body as object, status)
}

function refuse(c: Context): never {
  throw notHere(`${c.req.method} ${c.req.path.slice(0, maxPathLength)}`)
}
