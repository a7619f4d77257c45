import type { Context, Hono, MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import type { TenantClock } from './clock.js'
import type { SigningKeys } from './signing-keys.js'

const faultSchema = v.variant('fault', [
  v.strictObject({ fault: v.literal('rotate') }),
  v.strictObject({ fault: v.literal('down') }),
  v.strictObject({ fault: v.literal('slow'), seconds: v.pipe(v.number(), v.minValue(0), v.maxValue(60)) }),
  v.strictObject({ fault: v.literal('garbage-keys') }),
  v.strictObject({
    fault: v.literal('skew'),
    seconds: v.pipe(v.number(), v.integer(), v.minValue(-1e7), v.maxValue(1e7)),
  }),
])

/** A way in which an issuer can fail, for people who test what their API does then. */
export type Fault = v.InferOutput<typeof faultSchema>

/** `rotate` happens once; the others stay until `restore`. */
export interface Faults {
  set(fault: Fault): Promise<void>
  restore(): void
  current(): readonly Fault[]
  /** Makes answers fail as they should. */
  readonly middleware: MiddlewareHandler
}

const faultsPath = '/faults'

export function createFaults({ clock, keys }: { readonly clock: TenantClock; readonly keys: SigningKeys }): Faults {
  const active = new Map<Fault['fault'], Fault>()
  return {
    set: async (fault) => {
      if (fault.fault === 'rotate') return void (await keys.rotate())
      if (fault.fault === 'skew') clock.skew(fault.seconds)
      active.set(fault.fault, fault)
    },
    restore: () => {
      clock.skew(0)
      active.clear()
    },
    current: () => [...active.values()],
    middleware: async (c, next) => {
      if (c.req.path === faultsPath) return next()
      const slow = active.get('slow')
      if (slow?.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, slow.seconds * 1000))
      if (active.has('down')) return hungUp(c)
      if (active.has('garbage-keys') && c.req.path === '/.well-known/jwks.json')
        return c.html('<!doctype html><title>Maintenance</title>')
      return next()
    },
  }
}

/** As an issuer that is not there; where there is no connection to close, 503 has to do. */
function hungUp(c: Context): Response {
  const { incoming } = Object(c.env) as { incoming?: { socket: { destroy(): void } } }
  incoming?.socket.destroy()
  return c.body(null, 503)
}

/** `/faults`, where faults are on: `GET` tells, `POST` sets one, `DELETE` takes all away. */
export function serveFaults(app: Hono, faults: Faults): void {
  app.get(faultsPath, (c) => c.json(faults.current()))
  app.delete(faultsPath, (c) => {
    faults.restore()
    return c.body(null, 204)
  })
  app.post(faultsPath, async (c) => {
    // A browser asks before it sends this type to another origin, and is not allowed to.
    const isJson = c.req.header('content-type')?.toLowerCase().startsWith('application/json') === true
    const fault = v.safeParse(faultSchema, isJson ? await c.req.json().catch(() => undefined) : undefined)
    if (!fault.success)
      return c.json(
        {
          error: 'invalid_request',
          error_description:
            'Send JSON such as {"fault":"down"}. Faults: rotate, down, slow (seconds), garbage-keys, skew (seconds).',
        },
        400,
      )
    await faults.set(fault.output)
    return c.body(null, 204)
  })
}
