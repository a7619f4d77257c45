import { type RefusalCode, RequestRefused } from 'sallyport'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusals } from '../../../sallyport/src/errors.js'
import { explainCode } from '../../src/cli/explain/explain-code.js'
import { createTerminal } from '../../src/cli/terminal.js'
import { refusalMeanings } from '../../src/explain/refusal-meanings.js'
import { runCli } from '../support/cli.js'
import { type ExplainBench, openExplainBench } from './explain-bench.js'
import { notes, ofRequestOrServer, situations, taken } from './explain-situations.js'

let bench: ExplainBench

beforeAll(async () => {
  bench = await openExplainBench()
})

afterAll(() => bench.close())

const codes = Object.keys(refusals).sort()

test('every code is brought about by a token or a proof, or is the request’s or the server’s', () => {
  expect([...Object.keys(situations), ...Object.keys(notes), ...ofRequestOrServer].sort()).toEqual(codes)
  expect(Object.keys(refusalMeanings).sort()).toEqual(codes)
})

describe('names the code that an API answers with', () => {
  const rows = Object.entries(situations).flatMap(([code, makes]) =>
    Object.entries(makes).map(([name, make]) => ({ code, name, make })),
  )
  test.each(rows)('$code: $name', async ({ code, make }) => {
    const sent = await make(bench)
    const answer = await bench.ask(sent)
    expect(answer?.code).toBe(code)
    const nonce = answer?.nonce
    const further =
      nonce === undefined ? [] : ['--api-answer', await bench.file('answer.txt', `DPoP-Nonce: ${nonce}\n`)]
    const { data, code: exit, stdout } = await bench.explain(sent, further)
    const failing = data.checks.filter(({ verdict }) => verdict === 'fails')
    expect(failing.map((check) => check.code)).toContain(code)
    expect({ code: data.code, verdict: data.verdict, exit }).toEqual({ code, verdict: 'refused', exit: 1 })
    for (const check of failing) expect(codes).toContain(check.code)
    expect(stdout).not.toContain(sent.token.split('.')[2] || 'no signature to be seen')
  })
})

test('lists what the token is and whom it is for before what is wrong with it', async () => {
  const claims = { iss: 'https://other.eu.auth0.com/', aud: 'https://other.example.com', exp: 60, iat: 1 }
  const { data } = await bench.explain({ token: await bench.issuer.token(claims, { header: { kid: 'other' } }) })
  const failing = data.checks.filter(({ verdict }) => verdict === 'fails').map(({ name }) => name)
  expect(failing).toEqual(['Issuer', 'Audience', 'Time', 'Signature'])
})

describe('takes what an API takes', () => {
  test.each(Object.entries(taken))('%s', async (_, make) => {
    const sent = await make(bench)
    expect(await bench.ask(sent)).toBeUndefined()
    // A proof is good once, but this API has another memory than the one that explain runs.
    const { data, code } = await bench.explain(sent)
    expect(data.checks.filter(({ verdict }) => verdict === 'fails')).toEqual([])
    expect({ verdict: data.verdict, code: data.code, exit: code }).toEqual({ verdict: 'accepted', code: null, exit: 0 })
  })

  test.each(Object.entries(notes))(
    'and names %s, where the request or the handler asks for more',
    async (code, make) => {
      const sent = await make(bench)
      expect((await bench.ask(sent))?.code).toBe(code)
      const { data, code: exit } = await bench.explain(sent)
      expect(data.checks).toContainEqual(expect.objectContaining({ verdict: 'note', code }))
      expect({ verdict: data.verdict, exit }).toEqual({ verdict: 'accepted', exit: 0 })
    },
  )
})

describe('--code', () => {
  const explains = (text: string | undefined, code: string) => {
    const { meaning, mend } = refusalMeanings[code as RefusalCode]
    const { auth0: status, error } = refusals[code as RefusalCode]
    for (const part of [`${code}  ${status} ${error}`, meaning, mend, `docs/errors.md#${code}`])
      expect(text).toContain(part)
  }

  test.each(codes)('%s is explained with its mend', (code) => {
    explains(explainCode(code, createTerminal([])).text, code)
  })

  test.each(ofRequestOrServer)('%s is explained by the command', async (code) => {
    const { stdout, code: exit } = await runCli(['explain', '--code', code], { cwd: bench.folder })
    explains(stdout, code)
    expect(exit).toBe(0)
  })

  test('that is misspelled leads to the right one', async () => {
    const { stderr, code } = await runCli(['explain', '--code', 'token_expird'], { cwd: bench.folder })
    expect(stderr).toContain('There is no code "token_expird". Did you mean "token_expired"?')
    expect(code).toBe(2)
  })
})

describe('--api-answer', () => {
  const challenge = (code: keyof typeof refusals) =>
    `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm="api", error="x", error_description="${new RequestRefused(code).message}"\r\n\r\n`
  const body = (code: keyof typeof refusals) =>
    JSON.stringify({ detail: { error: 'x', error_description: new RequestRefused(code).message } })

  test.each([
    ['the header', challenge('proof_replayed')],
    ['the body', body('proof_replayed')],
  ])('explains by %s what no token can show', async (_, answer) => {
    const sent = await taken['a bound token with a proof']?.(bench)
    if (sent === undefined) throw new Error('There is no such situation.')
    const { data, code } = await bench.explain(sent, ['--api-answer', await bench.file('answer.txt', answer)])
    expect({ code: data.code, exit: code }).toEqual({ code: 'proof_replayed', exit: 1 })
    expect(data.checks.at(-1)).toMatchObject({ name: 'Answer', verdict: 'fails' })
  })

  test.each([
    ['that agrees', challenge('token_expired'), 'passes', 'That is token_expired, which is explained above.'],
    ['that disagrees', body('audience_refused'), 'note', 'That is audience_refused, not token_expired.'],
    ['of somebody else', '{"error_description":"Nope"}', 'note', 'That is no sentence of Sallyport’s.'],
    ['that is no refusal', 'HTTP/1.1 200 OK\r\n\r\n{}', 'note', 'There is no refusal in the API’s answer'],
  ])('%s', async (_, answer, verdict, text) => {
    const sent = { token: await bench.issuer.token({}, { expiresInSeconds: -60 }) }
    const { data } = await bench.explain(sent, ['--api-answer', await bench.file('answer.txt', answer)])
    expect(data.checks.at(-1)).toMatchObject({ name: 'Answer', verdict })
    expect(data.checks.at(-1)?.text).toContain(text)
    expect(data.code).toBe('token_expired')
  })
})
