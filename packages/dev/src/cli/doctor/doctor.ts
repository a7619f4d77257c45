import { resolve } from 'node:path'
import type { Command } from '../command.js'
import { exitCodes, usageMistake } from '../failure.js'
import { readOptions } from '../options.js'
import { didYouMean } from '../suggestion.js'
import type { Wishes } from './look.js'
import { mendAll } from './mending.js'
import { countOf, reportData, reportText } from './report.js'

export const doctor: Command = {
  run: async (parameters, terminal) => {
    const { values, positionals } = readOptions(parameters, {
      command: 'doctor',
      options: {
        url: { type: 'string' },
        offline: { type: 'boolean' },
        rule: { type: 'string', multiple: true },
        fix: { type: 'boolean' },
      },
      positionals: 1,
    })
    const url = values.url === undefined ? undefined : urlOf(values.url)
    const codes = (values.rule ?? []).flatMap((list) => list.split(',').filter(Boolean))
    // Loaded here, so that a mistake in the options is told at once.
    const { allCodes, codesWithin } = await import('./rules.js')
    const { look } = await import('./look.js')
    const wishes: Wishes = { folder: resolve(positionals[0] ?? '.'), url, offline: values.offline === true, codes }
    for (const code of codes) checkCode(code, { known: allCodes(), asked: codesWithin(wishes) })
    const first = await look(wishes, terminal)
    const mended = values.fix === true ? await mendAll(first.findings) : []
    const { findings, lookedAt, notLookedAt } = mended.length === 0 ? first : await look(wishes, terminal)
    const report = { findings, lookedAt, notLookedAt, mended }
    return {
      text: reportText(report, terminal.colors),
      data: reportData(report),
      exitCode: countOf('error', findings) > 0 ? exitCodes.failed : exitCodes.ok,
    }
  },
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url
  throw usageMistake('--url takes an http or https URL.', 'sallyport doctor --url http://localhost:3000/api/private')
}

interface Possible {
  readonly known: readonly string[]
  readonly asked: readonly string[]
}

function checkCode(code: string, { known, asked }: Possible): void {
  if (!known.includes(code))
    throw usageMistake(`There is no rule "${code.slice(0, 40)}".${didYouMean(code, known)}`, 'sallyport doctor --help')
  if (asked.includes(code)) return
  throw code.startsWith('live-')
    ? usageMistake(`The rule ${code} asks the running API.`, `sallyport doctor --rule ${code} --url <url>`)
    : usageMistake(`The rule ${code} needs the network.`, `sallyport doctor --rule ${code}`)
}
