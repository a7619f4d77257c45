import { createAuth } from 'sallyport/fetch'

const auth0 = createAuth()

/** The smallest real API: a public, a private, two scoped routes, and one that wants a permission. */
const routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
  'GET /api/public': () => Response.json({ message: 'hello' }),

  'GET /api/private': auth0.protect((_request, auth) => Response.json({ user: auth.claims.sub })),

  'GET /api/messages': auth0.protect(() => Response.json({ messages: ['Your token may read this.'] }), {
    scopes: 'read:messages',
  }),

  'POST /api/data': auth0.protect(() => Response.json({ created: true }), { scopes: ['read:data', 'write:data'] }),

  'DELETE /api/data': auth0.protect(() => Response.json({ deleted: true }), { permissions: 'delete:data' }),
}

export async function handle(request: Request): Promise<Response> {
  const route = routes[`${request.method} ${new URL(request.url).pathname}`]
  return route === undefined ? new Response(null, { status: 404 }) : route(request)
}
