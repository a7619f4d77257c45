import { relative, resolve } from 'node:path'
import type { Command, Outcome } from '../command.js'
import { CliFailure, usageMistake } from '../failure.js'
import { readOptions } from '../options.js'
import { askYesOrNo } from '../questions.js'
import type { Terminal } from '../terminal.js'
import { planCopy, type SkillFile, writeCopy } from './copy-skill.js'

/** Where coding agents look in a project: a folder that several of them share, and Claude's own. */
const folders = ['.agents/skills', '.claude/skills']

export const skill: Command = {
  run: async (parameters, terminal) => {
    const { values, positionals } = readOptions(parameters, {
      command: 'skill',
      options: { to: { type: 'string', multiple: true }, yes: { type: 'boolean' } },
      positionals: 1,
    })
    if (positionals[0] !== 'install') throw usageMistake('skill takes "install".', 'sallyport skill install')
    return install(values.to ?? folders, values.yes === true, terminal)
  },
}

async function install(targets: readonly string[], replaces: boolean, terminal: Terminal): Promise<Outcome> {
  const files = (await Promise.all(targets.map((target) => planCopy(resolve(target, 'sallyport'))))).flat()
  const changed = files.filter(({ state }) => state === 'different')
  if (changed.length > 0 && !replaces && !(await mayReplace(changed, terminal)))
    throw new CliFailure('skill_changed', `${names(changed)} of the skill differ from those of this version.`, {
      exit: 'conflict',
      fix: 'sallyport skill install --yes',
    })
  const written = files.filter(({ state }) => state !== 'same')
  for (const file of written) await writeCopy(file)
  const data = { folders: targets.map((target) => `${target}/sallyport`), written: written.map(nameOf) }
  const { green, dim } = terminal.colors
  return {
    data,
    text:
      written.length === 0
        ? `${green('✓')} The skill is there already: unchanged.\n`
        : `${green('✓')} ${written.length} files written\n${data.folders.map((folder) => `  ${folder}`).join('\n')}\n${dim(
            'Agents find it there by themselves. Commit it, so that those of others do too.',
          )}\n`,
  }
}

async function mayReplace(changed: readonly SkillFile[], terminal: Terminal): Promise<boolean> {
  if (!terminal.isInteractive) return false
  terminal.say(`These files of the skill differ from those of this version: ${names(changed)}`)
  return askYesOrNo(terminal, 'Replace them?')
}

function names(files: readonly SkillFile[]): string {
  return files.map(nameOf).join(', ')
}

function nameOf({ target }: SkillFile): string {
  return relative(process.cwd(), target).replaceAll('\\', '/')
}
