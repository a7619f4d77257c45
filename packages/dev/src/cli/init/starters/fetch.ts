import type { Starter } from './starter.js'

const text = `import { serve } from '@hono/node-server'
import { createAuth } from 'sallyport/fetch'

// Reads AUTH0_DOMAIN and AUTH0_AUDIENCE, which --env-file has loaded.
const auth0 = createAuth()

const messages = ['Your token may read this.']

const routes: Record<string, (request: Request) => Response | Promise<Response>> = {
  // Everybody.
  'GET /api/public': () => Response.json({ message: 'hello' }),

  // Any valid access token.
  'GET /api/private': auth0.protect((_request, auth) => Response.json({ user: auth.claims.sub })),

  // Tokens with a scope.
  'GET /api/messages': auth0.protect(() => Response.json({ messages }), { scopes: 'read:messages' }),

  'POST /api/messages': auth0.protect(
    () => {
      messages.push('Your token may write this.')
      return Response.json({ messages })
    },
    { scopes: 'write:messages' },
  ),
}

async function handle(request: Request): Promise<Response> {
  const route = routes[\`\${request.method} \${new URL(request.url).pathname}\`]
  return route === undefined ? new Response(null, { status: 404 }) : route(request)
}

serve({ fetch: handle, port: Number(process.env['PORT'] ?? 3000) }, ({ port }) => {
  console.log(\`The API listens at http://localhost:\${port}\`)
})
`

export const fetch: Starter = {
  file: 'server.ts',
  text,
  dependencies: ['@hono/node-server'],
  devDependencies: ['tsx', 'typescript', '@types/node'],
}
