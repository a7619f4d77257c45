import { connect } from 'node:net'
import { answerParent } from './child.ts'
import { readTokenFile } from './token-file.ts'

export interface ClientQuestion {
  readonly port: number
  readonly seconds: number
  readonly connections: number
  readonly tokenFile: string
  /** How many of the file's tokens are sent, in turn. */
  readonly distinctTokens: number
}

export interface ClientAnswer {
  readonly requests: number
  readonly seconds: number
}

const pipelined = 4

let held: { readonly path: string; readonly requests: readonly Buffer[] } | undefined
/** How many requests each port has had: its next load goes on with the next token. */
const sentTo = new Map<number, number>()

/**
 * Sends requests over keep-alive connections, the next when the last is answered. A plain socket and requests that are
 * written out beforehand keep the client cheaper than any server it measures.
 */
answerParent(async (question: ClientQuestion): Promise<ClientAnswer> => {
  const { port, seconds, connections, tokenFile, distinctTokens } = question
  if (held?.path !== tokenFile) held = { path: tokenFile, requests: readTokenFile(tokenFile).map(requestWith) }
  const { requests } = held
  let sent = sentTo.get(port) ?? 0
  let answered = 0
  const next = () => requests[sent++ % distinctTokens] ?? Buffer.alloc(0)
  const start = performance.now()
  const until = start + seconds * 1000
  const onAnswer = () => {
    answered += 1
    return performance.now() < until
  }
  await Promise.all(Array.from({ length: connections }, () => keepAsking(port, next, onAnswer)))
  sentTo.set(port, sent)
  return { requests: answered, seconds: (performance.now() - start) / 1000 }
})

function requestWith(token: Buffer): Buffer {
  return Buffer.from(
    `GET /messages HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nAuthorization: Bearer ${token}\r\nConnection: keep-alive\r\n\r\n`,
  )
}

/** Keeps a few requests on their way over one connection, until `onAnswer` says that it is enough. */
function keepAsking(port: number, next: () => Buffer, onAnswer: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const first = Array.from({ length: pipelined }, next)
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(Buffer.concat(first)))
    socket.setEncoding('latin1')
    let received = ''
    let awaited = pipelined
    socket.on('data', (chunk: string) => {
      const { answers, rest } = splitAnswers(received + chunk)
      received = rest
      const refused = answers.find((answer) => !answer.startsWith('HTTP/1.1 200 '))
      if (refused !== undefined) reject(new Error(`Refused: ${refused}`))
      const more = answers.filter(onAnswer).map(next)
      awaited += more.length - answers.length
      if (more.length > 0) socket.write(Buffer.concat(more))
      if (awaited === 0) socket.end(() => resolve())
    })
    socket.once('error', reject)
  })
}

/** The whole answers in a text, and the beginning of the next one. */
function splitAnswers(text: string): { readonly answers: readonly string[]; readonly rest: string } {
  const answers: string[] = []
  let rest = text
  for (let end = answerEnd(rest); end !== -1; end = answerEnd(rest)) {
    answers.push(rest.slice(0, end))
    rest = rest.slice(end)
  }
  return { answers, rest }
}

/** Where the first answer in the text ends, or -1 while it is not whole. */
function answerEnd(received: string): number {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return -1
  const length = /\ncontent-length: *(\d+)/i.exec(received.slice(0, headEnd))?.[1]
  const end = headEnd + 4 + Number(length)
  return received.length >= end ? end : -1
}
