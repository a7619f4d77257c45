import { request } from 'node:http'
import { afterAll, expect, test } from 'vitest'
import { createTenant, startTenant } from '../../src/index.js'
import { protocolSeed } from '../support/protocol-seed.js'

const tenant = await startTenant({ port: 0, seed: protocolSeed, faults: true })
const elsewhere = await createTenant('https://tenant.test/', { seed: protocolSeed })
const { port } = new URL(tenant.issuer)
afterAll(() => Promise.all([tenant.close(), elsewhere.close()]))

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

/** With a `Host` that `fetch` does not let anybody set. */
function send(path: string, host: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: 'localhost', port, path, method, headers: { host } }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += String(chunk)
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

const keys = '/.well-known/jwks.json'

test.each<readonly [host: string, status: number]>([
  ['localhost:PORT', 200],
  ['LOCALHOST:PORT', 200],
  ['127.0.0.1:PORT', 200],
  ['[::1]:PORT', 200],
  ['localhost', 200],
  // As a container or a tunnel forwards another port.
  ['localhost:8080', 200],
  ['rebound.example:PORT', 421],
  ['localhost.example:PORT', 421],
  ['example.localhost:PORT', 421],
  ['localhost.:PORT', 421],
  ['127.0.0.1.nip.io:PORT', 421],
  ['10.0.0.1:PORT', 421],
  ['0.0.0.0:PORT', 421],
  ['tenant.test', 421],
  ['localhost@rebound.example', 400],
  ['localhost/rebound.example', 400],
])('answers by the name "%s" with %d', async (host, status) => {
  const answer = await send(keys, host.replace('PORT', port))
  expect(answer.status).toBe(status)
  expect(answer.body.includes('"kty"')).toBe(status === 200)
})

test('looks at the name in the request line as well', async () => {
  expect(await send(`http://rebound.example${keys}`, `localhost:${port}`)).toMatchObject({ status: 421 })
  expect(await send(`http://localhost:${port}${keys}`, 'rebound.example')).toMatchObject({ status: 421 })
  expect(await send(`http://localhost:${port}${keys}`, `localhost:${port}`)).toMatchObject({ status: 200 })
})

const oauth = { error: 'invalid_request', error_description: expect.stringContaining('http://localhost') }
const management = {
  statusCode: 421,
  error: 'Misdirected Request',
  message: expect.stringContaining('http://localhost'),
}

test.each<readonly [method: string, path: string, body: object | undefined]>([
  ['GET', '/.well-known/openid-configuration', oauth],
  ['GET', keys, oauth],
  ['POST', '/oauth/token', oauth],
  ['OPTIONS', '/oauth/token', oauth],
  ['POST', '/oauth/device/code', oauth],
  ['GET', '/userinfo', oauth],
  ['DELETE', '/faults', oauth],
  ['GET', '/api/v2/clients', management],
  ['POST', '/api/v2/users', management],
  ['GET', '/authorize?client_id=page', undefined],
  ['POST', '/u/login', undefined],
  ['POST', '/u/consent', undefined],
  ['GET', '/activate', undefined],
  ['GET', '/v2/logout', undefined],
  ['GET', '/', undefined],
  ['POST', '/console/new-api', undefined],
  ['GET', '/nothing', undefined],
])('refuses a rebound name at %s %s in a way that is read there', async (method, path, body) => {
  const { status, headers, body: text } = await send(path, `rebound.example:${port}`, method)
  expect(status).toBe(421)
  expect(headers['cache-control']).toBe('no-store')
  expect(headers['access-control-allow-origin']).toBeUndefined()
  if (body === undefined) {
    expect(headers['content-type']).toMatch(/^text\/html/)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(text).toContain(`<h1>Refused</h1><p>This tenant answers to no other name than that in ${tenant.issuer}</p>`)
  } else {
    expect(headers['content-type']).toBe('application/json')
    expect(JSON.parse(text)).toEqual(body)
  }
})

test('has what it refused in its log', async () => {
  await send('/oauth/token', 'rebound.example', 'POST')
  expect(tenant.log.list()[0]).toMatchObject({ method: 'POST', path: '/oauth/token', status: 421 })
})

test.each<readonly [url: string, status: number]>([
  ['https://tenant.test/.well-known/jwks.json', 200],
  ['https://TENANT.test:443/.well-known/jwks.json', 200],
  ['http://localhost:4490/.well-known/jwks.json', 200],
  ['https://tenant.test/console/apis', 200],
  ['https://other.test/.well-known/jwks.json', 421],
  ['https://tenant.test:8443/.well-known/jwks.json', 421],
  ['https://other.test/console/apis', 421],
])('without a network answers %s with %d', async (url, status) => {
  expect((await elsewhere.fetch(url)).status).toBe(status)
})

test('without a network knows the name in the header too', async () => {
  const url = 'https://tenant.test/.well-known/jwks.json'
  expect((await elsewhere.fetch(url, { headers: { host: 'TENANT.TEST' } })).status).toBe(200)
  expect((await elsewhere.fetch(url, { headers: { host: 'tenant.test:443' } })).status).toBe(200)
  expect((await elsewhere.fetch(url, { headers: { host: 'other.test' } })).status).toBe(421)
})
