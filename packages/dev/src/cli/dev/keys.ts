import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Terminal } from '../terminal.js'

const ctrlC = '\u0003'
const ctrlZ = '\u001a'

/**
 * Calls `onReset` when "r" is pressed.
 *
 * @returns What gives the keyboard back, or `undefined` where nobody sits at it.
 */
export async function listenForReset(terminal: Terminal, onReset: () => void): Promise<(() => void) | undefined> {
  if (!terminal.isInteractive || !(await isInForeground())) return undefined
  const { stdin } = process
  const read = (key: string) => {
    // A terminal that hands out single keys leaves these two to the program.
    if (key === ctrlC) process.kill(process.pid, 'SIGINT')
    else if (key === ctrlZ) suspend()
    else if (key === 'r') onReset()
  }
  const resume = () => void stdin.setRawMode(true)
  stdin.setRawMode(true).setEncoding('utf8').on('data', read)
  process.on('SIGCONT', resume)
  return () => {
    process.off('SIGCONT', resume)
    stdin.off('data', read).setRawMode(false).pause()
  }
}

function suspend(): void {
  process.stdin.setRawMode(false)
  process.kill(process.pid, 'SIGTSTP')
}

/** One that runs with "&" would be stopped if it read the keyboard. */
async function isInForeground(): Promise<boolean> {
  if (process.platform === 'win32') return true
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(process.pid)])
    return stdout.includes('+')
  } catch {
    return false
  }
}
