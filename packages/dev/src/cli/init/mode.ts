import { needsInput } from '../questions.js'
import type { Terminal } from '../terminal.js'
import { question } from './question.js'

export const modes = ['automated', 'manual', 'local'] as const
export type Mode = (typeof modes)[number]

export function isMode(text: string): text is Mode {
  return modes.some((mode) => mode === text)
}

const choices = [
  { answer: '1', mode: 'automated', option: '--mode automated' },
  { answer: '2', mode: 'manual', option: '--mode manual' },
  { answer: 'local', mode: 'local', option: '--mode local', note: 'No account: the local tenant of sallyport dev.' },
] as const

const answers: Readonly<Record<string, Mode>> = { 1: 'automated', 2: 'manual', 3: 'local', local: 'local' }

/** There is no default: an answer is waited for, and nothing is done before it. @throws {CliFailure} Nobody can answer. */
export async function askMode(terminal: Terminal, isJson: boolean): Promise<Mode> {
  const localLine =
    'No account is needed to start locally: answer "local" (--mode local), and a local tenant stands in.'
  if (!terminal.isInteractive) {
    if (!isJson) terminal.say(`${question}\n\n${localLine}\n`)
    throw needsInput({
      needs: 'mode',
      message: 'This is for a person to decide, and nobody can answer here. Ask, then run it again with the answer.',
      fix: 'sallyport init --mode automated|manual|local',
      question,
      choices,
    })
  }
  const { bold, dim } = terminal.talkColors
  terminal.say(`${question.replaceAll(/\*\*(.+?)\*\*/g, (_, word: string) => bold(word))}\n${dim(localLine)}`)
  for (;;) {
    const answer = (await terminal.ask('> ')).toLowerCase()
    const mode = Object.hasOwn(answers, answer) ? answers[answer] : undefined
    if (mode !== undefined) return mode
    terminal.say('Please type 1, 2 or local.')
  }
}
