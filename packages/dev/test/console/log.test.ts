import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { audience, bodyOf, type ConsoleClient, openConsole, wordsIn } from './support/console-client.js'

let open: ConsoleClient
const readers: ReadableStreamDefaultReader[] = []

beforeEach(async () => {
  open = await openConsole()
})

afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.cancel()
})

async function ask(changed: Readonly<Record<string, string>> = {}): Promise<void> {
  const fields = {
    grant_type: 'client_credentials',
    client_id: 'local-m2m',
    client_secret: 'local-m2m-secret',
    audience,
  }
  const body = bodyOf({ ...fields, ...changed })
  await open.tenant.fetch('https://tenant.test/oauth/token', { method: 'POST', body })
}

/** The events of the stream, from now on. */
async function follow(query: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await open.tenant.fetch(`https://tenant.test/console/log/stream?${query}`, { headers })
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const reader = (answer.body ?? new ReadableStream()).getReader()
  readers.push(reader)
  let text = ''
  return async (count: number): Promise<readonly { readonly id: string; readonly words: string }[]> => {
    while (events(text).length < count) {
      const { done, value } = await reader.read()
      if (done) throw new Error('The stream has ended.')
      text += new TextDecoder().decode(value)
    }
    return events(text)
  }
}

function events(text: string) {
  return [...text.matchAll(/data: (.*)\nid: (.*)\n\n/g)].map(([, data = '', id = '']) => ({ id, words: wordsIn(data) }))
}

describe('the page', () => {
  test('says the next step while nothing has happened', async () => {
    expect(wordsIn((await open.get('/console/log')).html)).toContain('Nothing has happened yet')
  })

  test('tells status, application, audience and reason, the newest first', async () => {
    await ask()
    await ask({ audience: `${audience}/` })
    const words = wordsIn((await open.get('/console/log')).html)
    const refused = `POST /oauth/token 403 Machine to machine ${audience}/ access_denied Service not enabled within domain: ${audience}/`
    expect(words.replace(/\d\d:\d\d:\d\d UTC /g, '')).toContain(
      `${refused} No API has this identifier. Compare letter by letter, the slash at the end included.`,
    )
    expect(words.indexOf(' 403 ')).toBeLessThan(words.indexOf(' 200 '))
  })

  test('can show refusals alone', async () => {
    await ask()
    await ask({ client_secret: 'wrong' })
    const words = wordsIn((await open.get('/console/log?show=refusals')).html)
    expect(words).toContain('401')
    expect(words).not.toContain(' 200 ')
    expect(words).toContain('No application has this client_id, or the secret is another one.')
  })

  test('has nothing of the console itself, and no secret', async () => {
    await ask({ client_secret: 'wrong-secret' })
    await open.get('/console/apis')
    await open.get('/')
    await open.submit('/console/inspector', { token: 'pasted-token', api: '' })
    const { html } = await open.get('/console/log')
    expect(html.match(/<tr/g)).toHaveLength(2)
    expect(JSON.stringify(open.tenant.log.list())).not.toMatch(/wrong-secret|pasted-token/)
  })

  test('shows what strangers send as text', async () => {
    await open.tenant.fetch(`https://tenant.test/x%3Cscript%3Ealert(1)%3C/script%3E`)
    await ask({ audience: '<img src=x onerror=alert(1)>' })
    const { html } = await open.get('/console/log')
    expect(html).not.toMatch(/<img|<script>alert/)
    expect(wordsIn(html)).toContain('<img src=x onerror=alert(1)>')
  })
})

describe('the stream', () => {
  test('tells what happens from now on', async () => {
    const next = await follow('show=all&after=')
    await ask()
    await ask({ client_secret: 'wrong' })
    const [first, second] = await next(2)
    expect(first?.words).toContain('200 Machine to machine')
    expect(second?.words).toContain(`401 Machine to machine ${audience} access_denied Unauthorized`)
  })

  test('begins after what the page has, so that nothing is lost or said twice', async () => {
    await ask()
    await ask({ client_secret: 'wrong' })
    const known = open.tenant.log.list()[1]?.log_id ?? ''
    const next = await follow(`show=all&after=${known}`)
    await ask({ audience: 'https://other.test' })
    const seen = await next(2)
    expect(seen.map(({ words }) => /\b[2-4]\d\d\b/.exec(words)?.[0])).toEqual(['401', '403'])
  })

  test('goes on where a browser was, by Last-Event-ID', async () => {
    await ask()
    const known = open.tenant.log.list()[0]?.log_id ?? ''
    await ask({ client_secret: 'wrong' })
    const next = await follow('show=all&after=older', { 'last-event-id': known })
    expect((await next(1)).map(({ words }) => words.includes('401'))).toEqual([true])
  })

  test('tells everything to a browser that knows something older, as after a restart', async () => {
    await ask()
    await ask({ client_secret: 'wrong' })
    const next = await follow('show=all&after=', { 'last-event-id': 'of-an-earlier-run' })
    expect((await next(2)).map(({ words }) => /\b[2-4]\d\d\b/.exec(words)?.[0])).toEqual(['200', '401'])
  })

  test('has refusals alone where those are asked for', async () => {
    const next = await follow('show=refusals&after=')
    await ask()
    await ask({ client_secret: 'wrong' })
    expect((await next(1)).map(({ words }) => words.includes('401'))).toEqual([true])
  })

  test('ends when the browser has gone', async () => {
    const { log } = open.tenant
    const { follow: begin } = log
    const ended = new Promise<void>((resolve) => {
      log.follow = (listener) => {
        const end = begin(listener)
        return () => {
          end()
          resolve()
        }
      }
    })
    const next = await follow('show=all&after=')
    await ask()
    await next(1)
    await readers.pop()?.cancel()
    await ended
  })
})
