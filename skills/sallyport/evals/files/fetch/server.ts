import { serve } from '@hono/node-server'

const notes = new Map([['1', { id: '1', text: 'Buy milk' }]])

async function handle(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname === '/health') return Response.json({ status: 'ok' })
  if (pathname === '/notes' && request.method === 'GET') return Response.json([...notes.values()])
  if (pathname === '/notes' && request.method === 'POST') {
    const { text } = (await request.json()) as { text: string }
    const note = { id: String(notes.size + 1), text }
    notes.set(note.id, note)
    return Response.json(note, { status: 201 })
  }
  if (pathname.startsWith('/notes/') && request.method === 'DELETE') {
    notes.delete(pathname.slice('/notes/'.length))
    return new Response(null, { status: 204 })
  }
  return new Response(null, { status: 404 })
}

serve({ fetch: handle, port: Number(process.env.PORT ?? 3000) })
