import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import type { IssuerFacts } from './issuer.ts'

const path = '/messages'

/** The same Express app, without a guard and with each guard. */
export const expressApps = {
  'Express, no guard': () => {
    const app = express()
    app.get(path, (_request, response) => void response.json({ messages: [] }))
    return app
  },
  'Express, express-oauth2-jwt-bearer': ({ issuer, audience, algorithm, jwksUri }: IssuerFacts) => {
    const app = express()
    const guard = auth({ issuer, audience, jwksUri, tokenSigningAlg: algorithm })
    app.get(path, guard, (_request, response) => void response.json({ messages: [] }))
    return app
  },
}
