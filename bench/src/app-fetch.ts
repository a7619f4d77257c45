import { getRequestListener } from '@hono/node-server'
import { createAuth } from 'sallyport/fetch'
import { type Apps, noGuard, serve } from './http-app.ts'

const answer = () => Response.json({ messages: [] })

export const fetchApps: Apps = {
  [noGuard]: () => serve(getRequestListener(answer)),
  Sallyport: ({ issuer, audience }) => serve(getRequestListener(createAuth({ issuer, audience }).protect(answer))),
}
