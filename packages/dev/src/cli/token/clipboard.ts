import { spawn } from 'node:child_process'
import { CliFailure } from '../failure.js'

interface Tool {
  readonly program: string
  readonly parameters: readonly string[]
  /** Whether it could work here; default: it could. */
  readonly suits?: () => boolean
}

const isSet = (name: string) => (process.env[name] ?? '') !== ''

/** By platform, the first that suits and works. */
const tools: Readonly<Partial<Record<NodeJS.Platform, readonly Tool[]>>> = {
  darwin: [{ program: 'pbcopy', parameters: [] }],
  win32: [{ program: 'clip', parameters: [] }],
  linux: [
    { program: 'wl-copy', parameters: [], suits: () => isSet('WAYLAND_DISPLAY') },
    { program: 'xclip', parameters: ['-selection', 'clipboard'], suits: () => isSet('DISPLAY') },
    { program: 'xsel', parameters: ['--clipboard', '--input'], suits: () => isSet('DISPLAY') },
    { program: 'clip.exe', parameters: [], suits: () => isSet('WSL_DISTRO_NAME') },
  ],
}

/**
 * Puts a text on the clipboard. It goes to the tool by stdin: arguments are for everybody to see.
 *
 * @returns What has done it.
 * @throws {CliFailure} `no_clipboard`
 */
export async function copyToClipboard(text: string): Promise<string> {
  for (const tool of tools[process.platform] ?? []) {
    if (tool.suits?.() !== false && (await runs(tool, text))) return tool.program
  }
  // A terminal that knows OSC 52 keeps it itself, also at the other end of ssh.
  if (process.stderr.isTTY) {
    process.stderr.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`)
    return 'the terminal'
  }
  throw new CliFailure(
    'no_clipboard',
    'There is no clipboard here: none of pbcopy, clip, wl-copy, xclip and xsel works.',
    {
      fix: 'Leave --copy out, and it is printed.',
    },
  )
}

function runs({ program, parameters }: Tool, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Some stay in the background to serve the clipboard: with pipes of ours they would keep us waiting.
    const child = spawn(program, parameters, { stdio: ['pipe', 'ignore', 'ignore'] })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
    child.stdin.on('error', () => {})
    child.stdin.end(text)
  })
}
