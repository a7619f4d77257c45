import { type ParseArgsConfig, parseArgs } from 'node:util'
import { usageMistake } from './failure.js'
import { didYouMean } from './suggestion.js'

type OptionTable = NonNullable<ParseArgsConfig['options']>

/** What every command takes. */
const common = { json: { type: 'boolean' }, 'no-input': { type: 'boolean' } } as const

interface Reading<Options extends OptionTable> {
  /** For the messages: `token`. */
  readonly command: string
  readonly options: Options
  /** What stands beside the options: at most so many. Default 0. */
  readonly positionals?: number
}

interface Config<Options extends OptionTable> {
  args: string[]
  options: typeof common & Options
  allowPositionals: true
}

type Typed<Options extends OptionTable> = ReturnType<typeof parseArgs<Config<Options>>>

/** Reads what was typed. @throws {CliFailure} */
export function readOptions<const Options extends OptionTable>(
  parameters: readonly string[],
  { command, options, positionals: most = 0 }: Reading<Options>,
): Typed<Options> {
  const config: Config<Options> = {
    args: [...parameters],
    options: { ...common, ...options },
    allowPositionals: true,
  }
  const see = `sallyport ${command} --help`
  const { tokens } = parseArgs({ ...config, strict: false, tokens: true })
  const known = Object.keys(config.options)
  const unknown = tokens.find((token) => token.kind === 'option' && !known.includes(token.name))
  if (unknown?.kind === 'option') {
    const { rawName } = unknown
    const meant = didYouMean(
      rawName,
      known.map((name) => `--${name}`),
    )
    throw usageMistake(`${command} has no option ${rawName.slice(0, 40)}.${meant}`, see)
  }
  const read = parsed(() => parseArgs(config), see)
  const extra = read.positionals[most]
  if (extra !== undefined) throw usageMistake(`${command} does not take "${extra.slice(0, 40)}".`, see)
  return read
}

function parsed<Result>(parse: () => Result, see: string): Result {
  try {
    return parse()
  } catch (error) {
    throw usageMistake(`${error instanceof Error ? error.message.split(/[.\n]/)[0] : 'Wrong options'}.`, see)
  }
}
